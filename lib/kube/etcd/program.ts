import { basename } from 'node:path';
import { parseGoFlags } from '../go-flags.ts';
import { readTitle } from '../k3s-config.ts';
import type { EtcdRole } from './fact.ts';

/** A program that is, or holds, one that belongs to an etcd. */
export type EtcdProgram = 'kube-apiserver' | 'hyperkube' | 'kubelite' | 'k3s' | 'rke2' | 'etcd' | 'kine' | 'k8s-dqlite';

/** What a command line is of. */
export interface RecognizedProgram {
  readonly program: EtcdProgram;
  readonly role: EtcdRole;
  /** Its arguments. */
  readonly words: readonly string[];
  /** Its command line is overwritten or empty, and what it was told there is not known. */
  readonly hidden: boolean;
}

/** By the name of the program's file, the better one to ask first. */
const PROGRAMS: Readonly<Record<string, EtcdProgram>> = {
  'kube-apiserver': 'kube-apiserver',
  hyperkube: 'hyperkube',
  kubelite: 'kubelite',
  k3s: 'k3s',
  'k3s-server': 'k3s',
  rke2: 'rke2',
  etcd: 'etcd',
  kine: 'kine',
  'k8s-dqlite': 'k8s-dqlite',
};
const ROLES: Partial<Record<EtcdProgram, EtcdRole>> = { etcd: 'etcd', kine: 'store', 'k8s-dqlite': 'store' };
const RANKS = Object.values(PROGRAMS);
const NO_VALUES = new Set<string>();

/** Whether a program may be one, by what `/proc/PID/comm` says. */
export function isNamedSo(comm: string): boolean {
  return Object.hasOwn(PROGRAMS, comm);
}

/** A smaller number is the better one to ask. */
export function rankOf(program: EtcdProgram): number {
  return RANKS.indexOf(program);
}

/** Null for a program that was started to be something else, as `k3s agent` is. */
export function recognizeProgram(comm: string, commandLine: readonly string[]): RecognizedProgram | null {
  const [name = '', ...given] = commandLine;
  const called = basename(name);
  // as a link to hyperkube is; a name that the process wrote over it is none
  const program = PROGRAMS[Object.hasOwn(PROGRAMS, called) ? called : comm] as EtcdProgram;
  const title = readTitle(name);
  const words = [...title, ...given];
  const role = ROLES[program] ?? 'apiserver';
  const [command] = parseGoFlags(words, NO_VALUES).words;
  const recognized = { program, role, words, hidden: title.length > 0 || name === '' };
  if (program === 'hyperkube') {
    const isApiserver = command === 'kube-apiserver' || command === 'apiserver';
    return isApiserver ? { ...recognized, words: words.slice(words.indexOf(command) + 1) } : null;
  }
  if (program === 'k3s' || program === 'rke2') return command === 'server' ? recognized : null;
  return recognized;
}
