import type { WaitOptions } from '../options.ts';
import { openProcess, type Process } from '../process.ts';
import type { Bundle } from './bundle.ts';
import type { BundleVariable } from './bundle-config.ts';
import { type ContainerRuntime, parseCgroupPath } from './cgroup-path.ts';
import { describeFinding } from './finding.ts';
import { findFirstProcess } from './first-process.ts';
import { type ContainerIdentity, type ContainerSurvey, type IdentifyOptions, surveyContainer } from './identity.ts';

/**
 * What is known of the environment that a runtime was told to start a process with.
 *
 * `read`: this is it. `other-process`: it is of the first process of the container, and this process is another; it need
 * have inherited nothing of it. `unknown`: whether this is the first process cannot be told. `unreadable`: there is a bundle,
 * or there may be one, and it could not be used. `none`: there is none.
 */
export type BundleState = 'read' | 'other-process' | 'unknown' | 'unreadable' | 'none';

/** The environment that a runtime was told to start a container with. Disposing of it overwrites its values. */
export interface BundleEnvironment extends Disposable {
  /** How far it is known, and whose it is. */
  readonly state: BundleState;
  /** Why the state is what it is, in words; null where there is nothing to say. */
  readonly reason: string | null;
  /** Of the bundle's `config.json`; null where none was read. */
  readonly path: string | null;
  /** Whose bundle it is; null where none was read, or the place does not tell. */
  readonly runtime: ContainerRuntime | null;
  /** In the order of the bundle, duplicates and all; empty where none was read. */
  readonly entries: readonly BundleVariable[];
  /** A limit cut the list. */
  readonly truncated: boolean;
  /** Which container the process is of. */
  readonly identity: ContainerIdentity;
}

/** Findings that tell why a bundle could not be used. */
const OF_BUNDLES = [
  'unreadable-directory',
  'unreadable-file',
  'untrusted-file',
  'not-a-file',
  'too-large',
  'malformed-file',
  'ambiguous-bundle',
];

type Verdict = readonly [state: BundleState, reason: string | null];

function explainMissing({ containerId, node, helper, findings }: ContainerIdentity): Verdict {
  if (helper !== null) return ['none', 'it is a helper of the runtime, not of the container'];
  if (containerId === null) return ['none', 'it is in no container that its control group names'];
  if (node !== null) return ['unreadable', 'its container is of a node that is itself a container: ask there'];
  const finding = findings.find(({ code }) => OF_BUNDLES.includes(code));
  if (finding !== undefined) return ['unreadable', describeFinding(finding)];
  const unbelieved = findings.find(({ code }) => code === 'named-in-unit');
  return ['none', unbelieved?.message ?? 'no runtime of this node has one of its container where runtimes keep them'];
}

function judgeFirst(pid: number, first: number | null): Verdict {
  if (first === pid) return ['read', null];
  if (first === null) return ['unknown', 'which process of the container was its first cannot be told'];
  return ['other-process', `it is of the first process of the container, ${first}: this one was started by another`];
}

async function judge({ identity, bundle }: ContainerSurvey, options: WaitOptions): Promise<Verdict> {
  if (bundle === null) return explainMissing(identity);
  const { cgroup, pid } = identity;
  const place = cgroup === null ? null : parseCgroupPath(cgroup);
  if (cgroup === null || place === null) return judgeFirst(pid, null);
  return judgeFirst(pid, await findFirstProcess({ hierarchy: '', path: cgroup, place }, options));
}

function toEnvironment(bundle: Bundle | null, identity: ContainerIdentity, verdict: Verdict): BundleEnvironment {
  const [state, reason] = verdict;
  const entries = bundle?.environment ?? [];
  return {
    state,
    reason,
    path: bundle?.path ?? null,
    runtime: bundle?.runtime ?? null,
    entries,
    truncated: bundle?.truncated ?? false,
    identity,
    [Symbol.dispose]: () => entries.forEach(({ value }) => value.fill(0)),
  };
}

async function readHeld(held: Process, options: IdentifyOptions): Promise<BundleEnvironment> {
  const survey = await surveyContainer(held, options);
  return toEnvironment(survey.bundle, survey.identity, await judge(survey, options));
}

/**
 * Reads the environment that the runtime was told to start a process with, in the bundle of its container, and tells whether
 * it is that of this process: a bundle is of the first process of a container only.
 *
 * Errors: as `surveyContainer`; a bundle that is missing or cannot be read is a state.
 * Race: as `surveyContainer`. The file is the runtime's; it does not change while the container runs.
 * Source: runtime-spec, config.md, `process.env`.
 */
export async function readBundleEnvironment(
  target: Process | number,
  options: IdentifyOptions = {},
): Promise<BundleEnvironment> {
  if (typeof target !== 'number') return readHeld(target, options);
  await using held = await openProcess(target);
  return await readHeld(held, options);
}
