/** The value below which this share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Microseconds that `action` took. */
async function time(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) * 1000;
}

/** So many times, one after the other, after a few that do not count. */
export async function sample(count: number, warmUp: number, action: () => unknown): Promise<number[]> {
  for (let i = 0; i < warmUp; ++i) await action();
  const samples: number[] = [];
  for (let i = 0; i < count; ++i) samples.push(await time(action));
  return samples;
}

/**
 * Samples of several things that were measured in turn, round by round, so that a ratio can be taken within each round:
 * the noise of the machine is in both its sides.
 */
export class Series {
  readonly #rounds = new Map<string, number[][]>();

  add(name: string, samples: readonly number[]): void {
    this.#rounds.set(name, [...(this.#rounds.get(name) ?? []), [...samples]]);
  }

  samples(name: string): number[] {
    return this.#rounds.get(name)?.flat() ?? [];
  }

  /** Median over the rounds of median `name` by median `base`; NaN where there is no round with both. */
  ratio(name: string, base: string): number {
    const [above, below] = [this.#rounds.get(name) ?? [], this.#rounds.get(base) ?? []];
    return median(
      above.slice(0, below.length).map((samples, round) => median(samples) / median(below[round] as number[])),
    );
  }
}
