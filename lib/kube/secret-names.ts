const ANYWHERE =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)[_.-]?KEY/i;
const AT_THE_END = /(?:^|[_.-])(?:PASS|PW|DSN)$|[_.-]PWD$/i;

/**
 * Whether a variable is called as one that holds a credential is: its name has `PASSWORD`, `PASSWD`, `PASSPHRASE`, `SECRET`,
 * `TOKEN`, `CREDENTIAL`, or `KEY` behind `API`, `ACCESS`, `PRIVATE`, `SIGNING` or `ENCRYPTION` in it, or ends in a word
 * `PASS`, `PW`, `PWD` (not `PWD` alone, `OLDPWD`) or `DSN`; in any case.
 *
 * A guess, in both directions: whoever wrote the pod chose the name.
 */
export function isSecretName(name: string): boolean {
  return ANYWHERE.test(name) || AT_THE_END.test(name);
}
