import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { assertInitial, assertLive, readBounded } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { locate, missing } from '../helpers/toolchain.ts';

const test = suite('programs as they are');
const env = { FIRST: '1', SECOND: 'two', THIRD: 'three' };
const given = ['FIRST=1', 'SECOND=two', 'THIRD=three'];

const directory = mkdtempSync(join(tmpdir(), 'podprobe-real-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

/** A server without a ready line of ours: it is up when it has said `sign` on either output. */
class Server {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(child: ChildProcess) {
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static async start(argv: readonly string[], sign: RegExp): Promise<Server> {
    const [program = '', ...args] = argv;
    const child = spawn(locate(program), args, { env, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new Server(child);
    try {
      await saidBy(child, sign);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

function saidBy(child: ChildProcess, sign: RegExp): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      if (!input) continue;
      createInterface({ input }).on('line', (line) => {
        said.push(line);
        if (sign.test(line)) resolve();
      });
    }
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the server ended:\n${said.join('\n')}`)));
  });
}

function startNginx(): Promise<Server> {
  const stores = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const configuration = `
    daemon off; worker_processes 1; user root; pid nginx.pid; error_log stderr notice; env SECOND;
    events { worker_connections 16; }
    http { access_log off; ${stores.join(' ')} server { listen unix:${join(directory, 'nginx.sock')}; } }`;
  const path = join(directory, 'nginx.conf');
  writeFileSync(path, configuration);
  return Server.start(['nginx', '-p', directory, '-e', 'stderr', '-c', path], /start worker process \d/);
}

async function onlyChild(pid: number): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1'));
}

async function titleOf(pid: number, title: RegExp): Promise<void> {
  while (!title.test(await readFile(`/proc/${pid}/cmdline`, 'latin1')));
}

test(
  'reads nginx, whose title has overwritten the environment',
  async () => {
    await using nginx = await startNginx();
    const { initial, live } = await readBounded(nginx.pid);
    assertInitial(initial, 'overwritten');
    assertLive(live, given);
  },
  { skip: missing(['nginx']) },
);

test(
  'reads a worker of nginx, which keeps the variables that it was told to',
  async () => {
    await using nginx = await startNginx();
    const worker = await onlyChild(nginx.pid);
    await titleOf(worker, /worker process/);
    const { initial, live } = await readBounded(worker);
    assertInitial(initial, 'overwritten');
    assertLive(live, ['SECOND=two']);
  },
  { skip: missing(['nginx']) },
);

test(
  'reads redis, whose title has overwritten the environment',
  async () => {
    const options = ['--port', '0', '--unixsocket', join(directory, 'redis.sock'), '--save', '', '--dir', directory];
    await using redis = await Server.start(['redis-server', ...options], /ready to accept connections/i);
    const { initial, live } = await readBounded(redis.pid);
    assertInitial(initial, 'overwritten');
    assertLive(live, given);
  },
  { skip: missing(['redis-server']) },
);

test(
  'reads a Perl program that has set its title',
  async () => {
    const script = '$| = 1; $0 = "a title"; $ENV{LIVE} = 1; print "titled\\n"; sleep 60 while 1';
    await using perl = await Server.start(['perl', '-e', script], /titled/);
    const { initial, live } = await readBounded(perl.pid);
    assertInitial(initial, 'overwritten');
    assertLive(live, [...given, 'LIVE=1']);
  },
  { skip: missing(['perl']) },
);

test.run();
