import { TargetError } from '../../errors.ts';

/** Which Secret. */
export interface SecretName {
  /** Of the Secret. */
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
}

const MOST_CANDIDATES = 20;

/** `test/mysecret`; without its namespace where that is not known. */
export function shownName({ namespace, name }: SecretName): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** That there is no such Secret in `place`, and which there are instead. */
export function noSuchSecret(wanted: SecretName, place: string, others: readonly string[] = []): TargetError {
  const shown = others.slice(0, MOST_CANDIDATES);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  const instead = shown.length === 0 ? '' : `; there is ${shown.join(', ')}${more}`;
  return new TargetError('ERR_TARGET_UNKNOWN', `there is no Secret ${shownName(wanted)} in ${place}${instead}`, shown);
}
