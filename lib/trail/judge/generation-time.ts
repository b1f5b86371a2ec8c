const GENERATION = /^\.\.(\d{4})_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d\d)\.\d+$/;

/**
 * When kubelet wrote a generation of a volume, by its name, to the second; null where that is no such name.
 *
 * Shape: `..2026_11_23_06_40_00.123456789`, in UTC.
 * Source: kubernetes, newTimestampDir of pkg/volume/util/atomic_writer.go.
 */
export function timeOfGeneration(generation: string | null): Date | null {
  const [, year, month, ...rest] = (GENERATION.exec(generation ?? '') ?? []).map(Number);
  if (year === undefined || month === undefined) return null;
  const [day, hour, minute, second] = rest;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}
