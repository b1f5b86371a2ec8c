import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its key: contents, and files that hold them. */
export type Credentials = { cert: string; key: string; certPath: string; keyPath: string };

export type IssueOptions = {
  purpose: 'serverAuth' | 'clientAuth';
  /** As openssl names them: `IP:127.0.0.1,DNS:etcd.local`. */
  names?: string | undefined;
  /** Days from now at which it ends; negative: it has. */
  days?: number;
};

function openssl(folder: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A certificate authority made by openssl. Names of files are unique in its folder. */
export class Authority {
  readonly path: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.path = join(folder, `${name}.crt`);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
    openssl(folder, 'req', '-x509', ...key, '-out', `${name}.crt`, '-days', '2', '-subj', `/CN=${name}`);
  }

  get pem(): string {
    return readFileSync(this.path, 'utf8');
  }

  /** A certificate whose common name is `name`; the one that there is where it was issued before. */
  issue(name: string, { purpose, names = 'IP:127.0.0.1', days = 1 }: IssueOptions): Credentials {
    const path = (suffix: string): string => join(this.#folder, `${this.#name}-${name}.${suffix}`);
    if (!existsSync(path('crt'))) this.#make(path, name, { purpose, names, days });
    const [cert, key] = [readFileSync(path('crt'), 'utf8'), readFileSync(path('key'), 'utf8')];
    return { cert, key, certPath: path('crt'), keyPath: path('key') };
  }

  #make(path: (suffix: string) => string, name: string, { purpose, names, days }: Required<IssueOptions>): void {
    const extensions = [`extendedKeyUsage=${purpose}`, ...(names === undefined ? [] : [`subjectAltName=${names}`])];
    writeFileSync(path('ext'), extensions.join('\n'));
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path('key')];
    openssl(this.#folder, 'req', ...key, '-out', path('csr'), '-subj', `/CN=${name}`);
    const ca = ['-CA', `${this.#name}.crt`, '-CAkey', `${this.#name}.key`, '-CAcreateserial'];
    const files = ['-in', path('csr'), '-out', path('crt'), '-extfile', path('ext')];
    openssl(this.#folder, 'x509', '-req', ...ca, ...files, '-days', String(days));
  }
}
