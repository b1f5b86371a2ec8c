// What users load, not what tsx makes of the sources.
const built = (await import(new URL('../dist/index.js', import.meta.url).href)) as typeof import('../lib/index.ts');

export const { execIn, findMount, listMounts, openProcess, readEnvironment, readEnvironments, readFileIn, scanNode } =
  built;
type Environment = Awaited<ReturnType<typeof readEnvironment>>;

/** Has the entries made, which waits for their first use. */
export function decode(environment: Environment): number {
  return environment.live?.entries.length ?? 0;
}
