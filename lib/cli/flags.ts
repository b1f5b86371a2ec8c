import { Option } from 'commander';

/** `--json`. */
export const jsonOption = (): Option => new Option('--json', 'print one JSON document');

/** `--state-directory`. */
export const stateOption = (): Option =>
  new Option(
    '--state-directory <KIND=PATH>',
    'where containerd, storage (CRI-O, podman), docker or runc keep state; can be repeated',
  ).argParser((value: string, before: string[] = []) => [...before, value]);
