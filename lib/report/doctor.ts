import type { Check } from '../doctor.ts';
import { alignColumns, type Style } from './style.ts';

/** The document of `podprobe doctor --json`: docs/schema/doctor.schema.json. */
export function doctorDocument(checks: readonly Check[]): object {
  return { schema: 'podprobe/doctor/v1', checks };
}

const COLOURS = { ok: 'green', limited: 'yellow', missing: 'red' } as const;

/** What `podprobe doctor` prints for people. */
export function doctorText(checks: readonly Check[], style: Style): string[] {
  const rows = alignColumns(checks.map(({ state, name, found }) => [state, name, found]));
  return checks.flatMap(({ state, cure }, i) => {
    const row = rows[i] as string;
    const line = style(COLOURS[state], row.slice(0, state.length)) + row.slice(state.length);
    return cure === null ? [line] : [line, `         -> ${cure}`];
  });
}
