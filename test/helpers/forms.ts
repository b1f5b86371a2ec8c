/** The value as it stands, and whatever of it cannot be hidden by where it begins within base64. */
export function formsOf(value: Buffer): string[] {
  const shifted = [0, 1, 2].map((lead) => {
    const whole = Math.floor((lead + value.length) / 3) * 3 - lead;
    const text = Buffer.concat([Buffer.alloc(lead), value.subarray(0, whole)]).toString('base64');
    return text.slice(lead === 0 ? 0 : 4);
  });
  const hex = value.toString('hex');
  const texts = [
    value.toString('latin1'),
    value.toString(),
    [...value]
      .reverse()
      .map((b) => String.fromCharCode(b))
      .join(''),
  ];
  return [
    ...texts,
    ...shifted,
    ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
  ];
}
