/** The flags and the other words of a command line. */
export interface GoFlags {
  /** By name, without dashes; each value that was given, in order. A flag without a value has `true`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What is no flag, and all that follows `--`. */
  readonly words: readonly string[];
}

/** The kernel allows a command line of 2 MiB, mostly of short words. */
const MOST_WORDS = 65_536;
const FLAG = /^--?([^-=\s][^=\s]*)(?:=(.*))?$/s;

/**
 * Reads the arguments of a program in Go, without its name: `--flag=v`, `--flag v`, `-flag`, each any number of times, until
 * `--`. Flags and words may be mixed. Programs of Kubernetes take `_` for `-` in a name, so it is made `-` here.
 *
 * Only a flag of `valued` takes the next word as its value: whether any other would, only the program knows.
 *
 * Source: Go, `flag`; github.com/spf13/pflag; kubernetes, component-base/cli/flag `WordSepNormalizeFunc`.
 */
export function parseGoFlags(args: readonly string[], valued: ReadonlySet<string>): GoFlags {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  const bounded = args.slice(0, MOST_WORDS);
  for (let i = 0; i < bounded.length; i++) {
    const arg = bounded[i] as string;
    if (arg === '--') {
      words.push(...bounded.slice(i + 1));
      break;
    }
    const [, written, given] = FLAG.exec(arg) ?? [];
    if (written === undefined) {
      words.push(arg);
      continue;
    }
    const name = written.replaceAll('_', '-');
    const value = given ?? (valued.has(name) ? bounded[++i] : 'true');
    // the last flag wants a value that is not there: the program has refused it
    if (value !== undefined) values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { values, words };
}

/** The value that counts, of a flag that can have only one: the last; null where it was not given. */
export function lastValue({ values }: GoFlags, name: string): string | null {
  return values.get(name)?.at(-1) ?? null;
}
