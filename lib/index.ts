export { type Drift, environmentDrift } from './drift.ts';
export {
  EnvironmentBlock,
  type EnvironmentEntry,
  InitialEnvironment,
  LiveEnvironment,
  ProcessEnvironment,
  type ProcessIdentity,
  type ReadEnvironmentOptions,
  readEnvironment,
  readEnvironments,
} from './environ.ts';
export { SystemError, type SystemErrorRecord, UsageError } from './errors.ts';
export { execIn } from './exec.ts';
export { type ExecExit, ExecutedProcess } from './exec/executed-process.ts';
export type { ExecOptions, ExecStdio, NamespaceName, TerminalSize } from './exec/options.ts';
export type { InitialState, LiveState } from './native.ts';
export type { WaitOptions } from './options.ts';
export { openProcess, Process } from './process.ts';
