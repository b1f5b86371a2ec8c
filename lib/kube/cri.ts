import { UsageError } from '../errors.ts';
import { checkBoolean, checkWaitOptions, type WaitOptions } from '../options.ts';
import type { CriContainerStatus, CriListedContainer, CriSandbox } from './cri-records.ts';

/** A version of the interface; before Kubernetes 1.23 there was only `v1alpha2`. */
export type CriVersion = 'v1' | 'v1alpha2';

/** What lists of a runtime may be told. */
export interface CriListOptions extends WaitOptions {
  /** Only what is of this pod. */
  readonly podUid?: string;
}

/** What {@link Cri.containerStatus} may be told. */
export interface CriStatusOptions extends WaitOptions {
  /** Also what the runtime tells in a form of its own, environment included. Default: false. */
  readonly verbose?: boolean;
}

/** @internal How long one call may take. */
export interface CriCall {
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** @internal What {@link Cri} does its calls with: its types are not those of a gRPC package, which its users need not have. */
export interface CriCalls {
  readonly version: CriVersion;
  listSandboxes(podUid: string | undefined, call: CriCall): Promise<CriSandbox[]>;
  sandboxStatus(id: string, call: CriCall): Promise<CriSandbox | null>;
  listContainers(podUid: string | undefined, call: CriCall): Promise<CriListedContainer[]>;
  containerStatus(id: string, verbose: boolean, call: CriCall): Promise<CriContainerStatus | null>;
  imageEnvironment(image: string, call: CriCall): Promise<string[] | null>;
  cgroupDriver(call: CriCall): Promise<'systemd' | 'cgroupfs' | null>;
  close(): void;
}

const LONGEST_SOCKET = 107;

/** `unix:///run/x.sock`, `unix:/run/x.sock` or `/run/x.sock`. */
function socketOf(endpoint: unknown): string {
  const [, path = ''] = /^(?:unix:(?:\/\/)?)?(\/[^\0]*[^/\0])$/s.exec(String(endpoint)) ?? [];
  if (typeof endpoint !== 'string' || path === '') {
    throw new UsageError('endpoint', 'must be a unix socket: unix:///run/containerd/containerd.sock');
  }
  if (Buffer.byteLength(path) > LONGEST_SOCKET) {
    throw new UsageError('endpoint', `must be a path of at most ${LONGEST_SOCKET} bytes`);
  }
  return path;
}

function checkText(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(option, 'must be a string that is not empty');
}

function checkCall(options: WaitOptions): CriCall {
  return { timeout: checkWaitOptions(options), signal: options.signal };
}

/**
 * A connection to a container runtime, by the interface through which kubelet speaks to it. It only asks, and changes
 * nothing. Close it, or declare it with `await using`.
 *
 * Errors, of each call: `CriError`, whose `code` is that of gRPC: `NOT_FOUND`, `UNIMPLEMENTED` the runtime does not know it,
 * `RESOURCE_EXHAUSTED` an answer of more than 16 MiB; `ETIMEDOUT`; `ECONNREFUSED`, `ENOENT`, `EACCES` of the socket;
 * AbortError.
 * Source: kubernetes, staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto.
 */
export class Cri implements AsyncDisposable {
  /** The socket. */
  readonly path: string;
  /** In which version of the interface it speaks. */
  readonly version: CriVersion;
  /** `containerd`, `cri-o`, `docker`. */
  readonly runtimeName: string;
  /** Such as `1.6.20`. */
  readonly runtimeVersion: string;
  readonly #connection: CriCalls;
  #closed = false;

  /** @internal Use {@link openCri}. */
  constructor(path: string, connection: CriCalls, runtime: { name: string; version: string }) {
    this.path = path;
    this.version = connection.version;
    this.runtimeName = runtime.name;
    this.runtimeVersion = runtime.version;
    this.#connection = connection;
  }

  #open(): CriCalls {
    if (this.#closed) throw new UsageError('cri', 'has been closed');
    return this.#connection;
  }

  /** Lists the sandboxes, those that have ended included. */
  async listSandboxes(options: CriListOptions = {}): Promise<CriSandbox[]> {
    return this.#open().listSandboxes(options.podUid, checkCall(options));
  }

  /** Tells of one sandbox; null where the runtime says nothing of it. */
  async sandboxStatus(id: string, options: WaitOptions = {}): Promise<CriSandbox | null> {
    return this.#open().sandboxStatus(checkText('id', id), checkCall(options));
  }

  /** Lists the containers, those that have ended included. */
  async listContainers(options: CriListOptions = {}): Promise<CriListedContainer[]> {
    return this.#open().listContainers(options.podUid, checkCall(options));
  }

  /** Tells of one container; null where the runtime says nothing of it. With `verbose` it holds Secrets. */
  async containerStatus(id: string, options: CriStatusOptions = {}): Promise<CriContainerStatus | null> {
    const verbose = checkBoolean('verbose', options.verbose ?? false);
    return this.#open().containerStatus(checkText('id', id), verbose, checkCall(options));
  }

  /** The environment that an image brings, `NAME=value`; null where the runtime does not say. */
  async imageEnvironment(image: string, options: WaitOptions = {}): Promise<string[] | null> {
    return this.#open().imageEnvironment(checkText('image', image), checkCall(options));
  }

  /** How the runtime makes control groups; `UNIMPLEMENTED` before containerd 2.0 and CRI-O 1.28. */
  async cgroupDriver(options: WaitOptions = {}): Promise<'systemd' | 'cgroupfs' | null> {
    return this.#open().cgroupDriver(checkCall(options));
  }

  /** Ends the connection, and the calls under way. Can be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#connection.close();
  }

  /** Closes it: for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Connects to a container runtime by its unix socket, and asks in which version of the interface it speaks: `v1`, else
 * `v1alpha2`. The code that speaks gRPC is loaded here.
 *
 * Whoever owns the socket can answer what he likes: believe what a socket in a directory of root says.
 *
 * Errors: as {@link Cri}; `UNIMPLEMENTED` it speaks neither; a UsageError where the endpoint is no unix socket.
 */
export async function openCri(endpoint: string, options: WaitOptions = {}): Promise<Cri> {
  const path = socketOf(endpoint);
  const call = checkCall(options);
  const { CriConnection } = await import('./cri/connection.ts');
  const connection = new CriConnection(path);
  try {
    return new Cri(path, connection, await connection.greet(call));
  } catch (error) {
    connection.close();
    throw error;
  }
}
