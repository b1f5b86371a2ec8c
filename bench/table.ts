import { quantile, type Series } from './statistics.ts';

/** How many times the time of something else; `most` or `least` is what the project wants it to be. */
export interface Ratio {
  readonly to: string;
  readonly value: number;
  readonly target: string | null;
  readonly met: boolean | null;
}

/** One measured thing; times in microseconds. */
export interface Row {
  readonly group: string;
  readonly what: string;
  readonly median: number;
  readonly p99: number;
  readonly samples: number;
  readonly ratios: readonly Ratio[];
}

/** A ratio that is asked for: `to` names a row of the same series. */
export interface Comparison {
  readonly to: string;
  /** Wanted: so many times the other's time and no more. */
  readonly below?: number;
  /** Wanted: so many times as fast as the other, at least. */
  readonly faster?: number;
  /** Shown as `times as fast` although nothing is wanted. */
  readonly speedup?: boolean;
}

export function toRow(series: Series, group: string, what: string, comparisons: readonly Comparison[] = []): Row {
  const samples = series.samples(what);
  const ratios = comparisons.filter(({ to }) => series.samples(to).length > 0);
  return {
    group,
    what,
    median: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
    samples: samples.length,
    ratios: ratios.map((comparison) => toRatio(series, what, comparison)),
  };
}

function toRatio(series: Series, what: string, { to, below, faster, speedup }: Comparison): Ratio {
  const inverse = faster !== undefined || speedup === true;
  const value = inverse ? series.ratio(to, what) : series.ratio(what, to);
  if (faster !== undefined) return { to: `faster than ${to}`, value, target: `>= ${faster}`, met: value >= faster };
  if (below !== undefined) return { to, value, target: `< ${below}`, met: value < below };
  return { to: inverse ? `faster than ${to}` : to, value, target: null, met: null };
}

function toTime(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds.toFixed(1)} us`;
  return `${(microseconds / 1000).toFixed(microseconds < 100_000 ? 2 : 0)} ms`;
}

function toText({ to, value, target, met }: Ratio): string {
  const times = `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)}x ${to}`;
  return target === null ? times : `${times} (${target}: ${met ? 'met' : 'missed'})`;
}

/** The rows as text, a line each, a heading for each group. */
export function toTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const lines = rows.flatMap(({ group, what, median, p99, samples, ratios }, i) => {
    const heading = rows[i - 1]?.group === group ? [] : ['', group];
    const cells = [what.padEnd(width), ...[toTime(median), toTime(p99), `${samples}`].map((cell) => cell.padStart(9))];
    return [...heading, `  ${cells.join(' ')}  ${ratios.map(toText).join(', ')}`.trimEnd()];
  });
  return [
    `  ${''.padEnd(width)} ${['median', 'p99', 'samples'].map((cell) => cell.padStart(9)).join(' ')}`,
    ...lines,
  ].join('\n');
}
