import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EtcdConnection } from '../../lib/etcd/connection.ts';
import { Authority, type Credentials } from './certificates.ts';
import { missing } from './toolchain.ts';

const run = promisify(execFile);
const LIMIT = 20_000;

export type EtcdOptions = {
  /** With server and client certificates; default: plain HTTP. */
  tls?: boolean;
  /** The names in the server's certificate. Default: `IP:127.0.0.1`. */
  names?: string;
  /** More arguments of etcd. */
  args?: readonly string[];
  /** Clients also reach it by this socket. */
  socket?: boolean;
};

/** Why there can be no etcd here. */
export function etcdMissing(): string | undefined {
  return missing(['etcd', 'etcdctl', 'openssl']);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A real etcd of one member, on ports of its own, in a directory that goes away. */
export class Etcd implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'podprobe-etcd-'));
  readonly authority: Authority | null;
  /** Of etcdctl, and of any client that is allowed in. */
  readonly client: Credentials | null;
  readonly #options: EtcdOptions;
  #port = 0;
  #peerPort = 0;
  #child: ChildProcess | null = null;
  #log = '';
  #server: Credentials | undefined;

  private constructor(options: EtcdOptions) {
    this.#options = options;
    this.authority = options.tls === true ? new Authority(this.folder, 'ca') : null;
    this.client = this.authority?.issue('client', { purpose: 'clientAuth' }) ?? null;
  }

  static async start(options: EtcdOptions = {}): Promise<Etcd> {
    const etcd = new Etcd(options);
    try {
      etcd.#port = await freePort();
      etcd.#peerPort = await freePort();
      await etcd.resume();
      return etcd;
    } catch (error) {
      await etcd[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): string {
    return `${this.authority === null ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** The unix socket that etcd makes with the option `socket`, in its working directory and by the name of a port. */
  get socket(): string {
    return join(this.folder, 'localhost:1');
  }

  /** How a client is to reach it. */
  get connection(): EtcdConnection {
    const { authority, client, endpoint } = this;
    if (authority === null || client === null) return { endpoints: [endpoint] };
    return { endpoints: [endpoint], ca: authority.pem, cert: client.cert, key: client.key };
  }

  /** The same as options of `podprobe etcd` and of etcdctl. */
  get flags(): string[] {
    const { authority, client, endpoint } = this;
    if (authority === null || client === null) return ['--endpoints', endpoint];
    const files = ['--cacert', authority.path, '--cert', client.certPath, '--key', client.keyPath];
    return ['--endpoints', endpoint, ...files];
  }

  /** Has it show another certificate when it is started again. */
  useServer(server: Credentials | undefined): void {
    this.#server = server;
  }

  /** Starts it again after {@link stop}, with the same data on the same ports. */
  async resume(): Promise<void> {
    const peer = `http://127.0.0.1:${this.#peerPort}`;
    const listen = this.#options.socket === true ? `${this.endpoint},unix://localhost:1` : this.endpoint;
    const args = [
      '--name',
      'only',
      '--data-dir',
      join(this.folder, 'data'),
      '--logger',
      'zap',
      '--log-outputs',
      'stderr',
    ];
    args.push('--listen-client-urls', listen, '--advertise-client-urls', this.endpoint);
    args.push('--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `only=${peer}`);
    const server =
      this.#server ?? this.authority?.issue('server', { purpose: 'serverAuth', names: this.#options.names });
    if (this.authority !== null && server !== undefined) {
      args.push('--client-cert-auth', '--trusted-ca-file', this.authority.path);
      args.push('--cert-file', server.certPath, '--key-file', server.keyPath);
    }
    await this.#spawn([...args, ...(this.#options.args ?? [])]);
  }

  /** Ends it, by default as a crash would. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  }

  /** Sends a signal, such as SIGSTOP. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Runs etcdctl; gives what it printed. */
  async ctl(args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], ETCDCTL_API: '3' };
    const { stdout } = await run('etcdctl', [...this.flags, ...args], { env, timeout: LIMIT, maxBuffer: 2 ** 28 });
    return stdout;
  }

  /** Sets a key, whatever bytes its value has. */
  async put(key: string, value: string | Uint8Array): Promise<void> {
    const env = { PATH: process.env['PATH'], ETCDCTL_API: '3' };
    const child = spawn('etcdctl', [...this.flags, 'put', '--', key], { env, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(value);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`etcdctl put ${key}: exit code ${code}`);
  }

  async #spawn(args: readonly string[]): Promise<void> {
    const env = { PATH: process.env['PATH'], ETCD_UNSUPPORTED_ARCH: 'arm64' };
    const child = spawn('etcd', args, { cwd: this.folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`etcd does not start:\n${this.#log}`)), LIMIT);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-65_536);
        if (/serving (?:client|insecure client)/.test(this.#log)) resolve();
      });
      child.once('error', reject).once('exit', (code) => reject(new Error(`etcd: exit code ${code}\n${this.#log}`)));
      const settle = (): void => clearTimeout(timer);
      child.once('exit', settle);
      child.stderr?.on('data', settle);
    });
    this.#log = '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
