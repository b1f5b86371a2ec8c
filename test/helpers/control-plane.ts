import { execFileSync } from 'node:child_process';
import { Etcd } from './etcd.ts';
import { MadeProcess } from './made-process.ts';

/** A real etcd, and a process that is called as an API server that uses it. */
export class ControlPlane implements AsyncDisposable {
  readonly etcd: Etcd;
  readonly apiserver = new MadeProcess();

  private constructor(etcd: Etcd) {
    this.etcd = etcd;
  }

  static async start(more: readonly string[] = [], options: object = {}): Promise<ControlPlane> {
    const cluster = new ControlPlane(await Etcd.start({ tls: true }));
    const [cacert, cert, key] = cluster.files;
    const files = [`--etcd-cafile=${cacert}`, `--etcd-certfile=${cert}`, `--etcd-keyfile=${key}`];
    const flags = [`--etcd-servers=${cluster.etcd.endpoint}`, ...files, ...more];
    await cluster.apiserver.start('kube-apiserver', flags, options);
    return cluster;
  }

  /** CA, certificate, key. */
  get files(): [string, string, string] {
    const { authority, client } = this.etcd;
    return [authority?.path ?? '', client?.certPath ?? '', client?.keyPath ?? ''];
  }

  /** Options that keep podprobe from what else runs on this machine. */
  get only(): string[] {
    return ['--pid', `${this.apiserver.pid}`, '--pid', `${this.etcd.pid}`];
  }

  put(key: string, value: Buffer | string): void {
    const env = { ...process.env, ETCDCTL_API: '3' };
    execFileSync('etcdctl', [...this.etcd.flags, 'put', key], { input: value, env, stdio: ['pipe', 'ignore', 'pipe'] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.apiserver[Symbol.dispose]();
    await this.etcd[Symbol.asyncDispose]();
  }
}
