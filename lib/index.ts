export { type Drift, environmentDrift } from './drift.ts';
export {
  EnvironmentBlock,
  type EnvironmentEntry,
  InitialEnvironment,
  type InitialState,
  LiveEnvironment,
  type LiveState,
  ProcessEnvironment,
  type ProcessIdentity,
  type ReadEnvironmentOptions,
  readEnvironment,
  readEnvironments,
} from './environ.ts';
export { SystemError, type SystemErrorRecord, UsageError } from './errors.ts';
export { openProcess, Process } from './process.ts';
