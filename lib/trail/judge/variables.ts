import type { ExpectedVariable } from '../expectation.ts';
import type { Holder } from '../holder.ts';
import { type Found, findByValue, findOfKeys, type Spot, worstByKey } from './found.ts';
import { type Case, type Owner, toHolder } from './holding.ts';
import { keysText, type Standing, standingOf, strangerStanding, unknownStanding } from './standing.ts';

/** A variable that is put together: only what it is itself under a version counts as that version. */
function findWhole(spot: Spot, variable: ExpectedVariable, { truth, asked }: Case): Found[] {
  const { keys, derived } = variable;
  return spot.wholes.flatMap((number) => {
    const versions = asked.versionsOf(variable).get(number);
    if (versions === undefined) return [];
    return [
      {
        key: keys.length === 1 ? (keys[0] ?? null) : null,
        derived,
        standing: standingOf(versions, keys, truth, 'contains'),
      },
    ];
  });
}

function findExpected(spot: Spot, variable: ExpectedVariable, one: Case): Found[] {
  const whole = variable.derived ? findWhole(spot, variable, one) : [];
  return whole.length > 0 ? worstByKey(whole) : findOfKeys(spot, variable.keys, one.asked, one.truth);
}

/** The pod asks for the Secret there, and it is none of it. */
function judgeStranger({ keys, certain, values }: ExpectedVariable, { startedAt }: Owner, { truth }: Case): Standing {
  const isSet = truth.current < 0 || (values[truth.current] ?? null) !== null;
  if (!certain)
    return unknownStanding(
      `is equal to no known version of ${keysText(keys)}; other objects than the Secret decide what it is, too`,
    );
  if (!isSet)
    return unknownStanding(`is equal to no known version of ${keysText(keys)}, and the current one does not set it`);
  return strangerStanding(keys, startedAt, truth);
}

function referenceText({ name, keys, derived }: ExpectedVariable): string {
  return `the pod ${derived ? 'puts' : 'sets'} ${name} ${derived ? 'together with' : 'from'} ${keysText(keys)}`;
}

/** A holder for each key that a variable, argument or file has something of. */
export function judgeByValue(spot: Spot, owner: Owner, { asked, truth }: Case): Holder[] {
  return findByValue(spot, asked, truth).map((found) => toHolder(spot, owner, found, null));
}

/** What a variable of a process or bundle holds. One that is not there holds nothing. */
export function judgeVariable(spot: Spot, owner: Owner, one: Case): Holder[] {
  const variable = owner.expected?.variables.find(({ name }) => name === spot.name);
  if (variable === undefined) return judgeByValue(spot, owner, one);
  const reference = referenceText(variable);
  const found = findExpected(spot, variable, one);
  if (found.length > 0) return found.map((each) => toHolder(spot, owner, each, reference));
  const others = judgeByValue(spot, owner, one);
  if (others.length > 0) return others;
  const standing = judgeStranger(variable, owner, one);
  return [toHolder(spot, owner, { key: soleKey(variable), derived: variable.derived, standing }, reference)];
}

function soleKey({ keys }: ExpectedVariable): string | null {
  return keys.length === 1 ? (keys[0] ?? null) : null;
}

/** The variables that a place should have, where it could not be read. */
export function judgeUnreadVariables(place: Spot['place'], reason: string, owner: Owner): Holder[] {
  const standing = unknownStanding(`could not be read: ${reason}`);
  return (owner.expected?.variables ?? []).map((variable) => {
    const location = { place, name: variable.name, generation: null };
    const found = { key: soleKey(variable), derived: variable.derived, standing };
    return toHolder(location, owner, found, referenceText(variable));
  });
}
