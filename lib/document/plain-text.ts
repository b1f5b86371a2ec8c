const LONGEST_TEXT = 512;

/** The beginning of a text of which another program is the author, without what a terminal would obey. */
export function plainText(text: string): string {
  return text.slice(0, LONGEST_TEXT).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
