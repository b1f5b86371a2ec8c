/** What most text consists of: ASCII without control characters and backslash. */
const PLAIN = /^[ -[\]-~]*$/;

/** A view is not free either: there can be hundreds of thousands of names. */
function toText(bytes: Uint8Array): string {
  return (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).toString();
}

/** Printable form of bytes that a target chose: control characters and what is not UTF-8 cannot reach the terminal. */
export function printable(bytes: Uint8Array | string): string {
  const text = typeof bytes === 'string' ? bytes : toText(bytes);
  if (PLAIN.test(text)) return text;
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu, (character) => {
    if (character === '\\') return '\\\\';
    const code = character.codePointAt(0) as number;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
