/** A part of what stands in `value:` of a variable: text, or the name of another variable. Each byte is a character. */
export type Piece = { readonly text: string } | { readonly reference: string };

/** What Go's `string(b)` makes of a byte: the character of that number. Of ASCII it is the byte. */
function asGoText(byte: string): string {
  return Buffer.from(byte).toString('latin1');
}

/**
 * Takes a value apart where kubelet puts other variables in. `$(NAME)` is a reference, up to the first `)` whatever stands
 * between; `$$` is one `$`; any other `$` is itself.
 *
 * Shape: `$(USER):$(PASSWORD)@$$HOME`, as latin1.
 * Source: kubernetes, third_party/forked/golang/expansion/expand.go; its test has the cases.
 */
export function parseReferences(value: string): Piece[] {
  const pieces: Piece[] = [];
  const lastCloser = value.lastIndexOf(')');
  let text = '';
  let at = 0;
  for (let next = value.indexOf('$'); next >= 0 && next + 1 < value.length; next = value.indexOf('$', at)) {
    text += value.slice(at, next);
    const after = value.charAt(next + 1);
    if (after === '(' && lastCloser > next) {
      at = value.indexOf(')', next) + 1;
      pieces.push({ text }, { reference: value.slice(next + 2, at - 1) });
      text = '';
    } else {
      at = next + 2;
      text += after === '$' ? '$' : `$${asGoText(after)}`;
    }
  }
  return [...pieces, { text: text + value.slice(at) }].filter((piece) => !('text' in piece) || piece.text !== '');
}
