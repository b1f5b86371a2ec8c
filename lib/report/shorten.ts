/** At most `most` characters of a text, from both of its ends, with `…` for what is between them. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const tail = most - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** Items in a sentence: `a`, `a and b`, `a, b and 7 more`. */
export function listing(items: readonly string[], most: number): string {
  const left = items.length - most;
  const shown = left > 0 ? [...items.slice(0, most), `${left} more`] : items;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
