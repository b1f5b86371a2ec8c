import type { Place } from '../sighting.ts';
import type { Matcher, Matches } from './matcher.ts';
import { nameOf, type Report } from './report.ts';

/** A variable of a process or bundle. */
export interface Variable {
  readonly name: Buffer | null;
  readonly value: Buffer;
}

/** What was found in a list of variables, to be used again for one that is nearly the same. */
export interface MatchedVariable extends Variable {
  readonly matches: Matches;
}

/** Where variables are, and how they are looked at. */
export interface VariablesPlace {
  readonly place: Extract<Place, 'bundle' | 'initial' | 'live'>;
  /** Names that are told whatever they hold; bytes as latin1. */
  readonly wanted: ReadonlySet<string>;
  readonly matcher: Matcher;
}

/** Of each wanted name the one that counts: the first in a process, as getenv(3) finds it, the last in a bundle. */
function asked(variables: readonly Variable[], { place, wanted }: VariablesPlace): Set<Variable> {
  const byName = new Map<string, Variable>();
  if (wanted.size === 0) return new Set();
  for (const variable of variables) {
    const name = variable.name?.toString('latin1');
    if (name !== undefined && wanted.has(name) && (place === 'bundle' || !byName.has(name))) byName.set(name, variable);
  }
  return new Set(byName.values());
}

/**
 * Tells which variables hold a value. `before` is what was found of the same process: most strings of a live environment are
 * those that it was started with, and need no second look.
 */
export function matchVariables(
  variables: readonly Variable[],
  where: VariablesPlace,
  report: Report,
  before: readonly MatchedVariable[] = [],
): MatchedVariable[] {
  const wanted = asked(variables, where);
  return variables.map((variable, i) => {
    const { name, value } = variable;
    const earlier = before[i];
    const known = earlier?.value.equals(value) === true ? earlier.matches : null;
    const matches = known ?? where.matcher.match(value);
    const told = { place: where.place, name: name === null ? '' : nameOf(name), asked: wanted.has(variable) };
    if (told.asked || matches.whole !== null || matches.contained.length > 0 || !matches.complete) {
      report.tell(told, matches);
    }
    return { name, value, matches };
  });
}
