import { type CallOptions, type Client, createClient } from '@connectrpc/connect';
import type { CriCall, CriCalls, CriVersion } from '../cri.ts';
import type { CriContainerStatus, CriListedContainer, CriSandbox } from '../cri-records.ts';
import { CriError } from '../cri-error.ts';
import { toCriError } from './error.ts';
import { readImageInfo } from './info.ts';
import { toContainerStatus, toListedContainer, toSandbox } from './records.ts';
import { openTransport, type SocketTransport } from './transport.ts';
import * as v1 from './v1_pb.ts';
import * as v1alpha2 from './v1alpha2_pb.ts';

type Clients = {
  readonly version: CriVersion;
  readonly runtime: Client<typeof v1.RuntimeService> | Client<typeof v1alpha2.RuntimeService>;
  readonly images: Client<typeof v1.ImageService> | Client<typeof v1alpha2.ImageService>;
};

/** Kubelet labels all that it makes. */
function filterOf(podUid: string | undefined): { labelSelector: Record<string, string> } {
  return { labelSelector: podUid === undefined ? {} : { 'io.kubernetes.pod.uid': podUid } };
}

/** A connection to a runtime, in the version of the interface that it speaks. Loaded when one is opened. */
export class CriConnection implements CriCalls {
  readonly #path: string;
  readonly #socket: SocketTransport;
  #clients: Clients;

  constructor(path: string) {
    this.#path = path;
    this.#socket = openTransport(path);
    const { transport } = this.#socket;
    const runtime = createClient(v1.RuntimeService, transport);
    this.#clients = { version: 'v1', runtime, images: createClient(v1.ImageService, transport) };
  }

  close(): void {
    this.#socket.close();
  }

  get version(): CriVersion {
    return this.#clients.version;
  }

  /** Asks in which version the runtime speaks, the newer first. */
  async greet(call: CriCall): Promise<{ name: string; version: string }> {
    try {
      return await this.#askVersion(call);
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== 'UNIMPLEMENTED') throw error;
    }
    const { transport } = this.#socket;
    const runtime = createClient(v1alpha2.RuntimeService, transport);
    this.#clients = { version: 'v1alpha2', runtime, images: createClient(v1alpha2.ImageService, transport) };
    return this.#askVersion(call);
  }

  async listSandboxes(podUid: string | undefined, call: CriCall): Promise<CriSandbox[]> {
    const filter = filterOf(podUid);
    const ask = (options: CallOptions) => this.#clients.runtime.listPodSandbox({ filter }, options);
    return (await this.#run('ListPodSandbox', call, ask)).items.map(toSandbox);
  }

  async sandboxStatus(podSandboxId: string, call: CriCall): Promise<CriSandbox | null> {
    const ask = (options: CallOptions) => this.#clients.runtime.podSandboxStatus({ podSandboxId }, options);
    const { status } = await this.#run('PodSandboxStatus', call, ask);
    return status === undefined ? null : toSandbox(status);
  }

  async listContainers(podUid: string | undefined, call: CriCall): Promise<CriListedContainer[]> {
    const filter = filterOf(podUid);
    const ask = (options: CallOptions) => this.#clients.runtime.listContainers({ filter }, options);
    return (await this.#run('ListContainers', call, ask)).containers.map(toListedContainer);
  }

  async containerStatus(containerId: string, verbose: boolean, call: CriCall): Promise<CriContainerStatus | null> {
    const ask = (options: CallOptions) => this.#clients.runtime.containerStatus({ containerId, verbose }, options);
    return toContainerStatus(await this.#run('ContainerStatus', call, ask), verbose);
  }

  async cgroupDriver(call: CriCall): Promise<'systemd' | 'cgroupfs' | null> {
    const { linux } = await this.#run('RuntimeConfig', call, (options) =>
      this.#clients.runtime.runtimeConfig({}, options),
    );
    return (['systemd', 'cgroupfs'] as const)[linux?.cgroupDriver ?? -1] ?? null;
  }

  async imageEnvironment(image: string, call: CriCall): Promise<string[] | null> {
    const ask = (options: CallOptions) =>
      this.#clients.images.imageStatus({ image: { image }, verbose: true }, options);
    return readImageInfo((await this.#run('ImageStatus', call, ask)).info);
  }

  async #askVersion(call: CriCall): Promise<{ name: string; version: string }> {
    const ask = (options: CallOptions) => this.#clients.runtime.version({}, options);
    const { runtimeName: name, runtimeVersion: version } = await this.#run('Version', call, ask);
    return { name, version };
  }

  async #run<Answer>(
    method: string,
    { timeout, signal }: CriCall,
    ask: (options: CallOptions) => Promise<Answer>,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    try {
      return await ask({ timeoutMs: timeout, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw toCriError(error, method, this.#path);
    }
  }
}
