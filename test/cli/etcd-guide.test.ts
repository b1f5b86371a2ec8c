import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commandLine } from '../helpers/command.ts';
import { ControlPlane } from '../helpers/control-plane.ts';
import { etcdMissing } from '../helpers/etcd.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('docs: the guides of etcd');
const skip = process.getuid?.() === 0 ? etcdMissing() : 'needs root';

/** The commands of a guide, in order. */
function commandsOf(guide: string): string[] {
  const text = readFileSync(new URL(`../../docs/guides/${guide}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, command]) => command ?? '');
}

/** Runs commands one after the other in one shell, where names lead to the test's own processes; gives what each printed. */
function runAll(commands: readonly string[], { apiserver, etcd, only }: ControlPlane): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-guide-'));
  const podprobe = commandLine([]).map((word) => `'${word}'`);
  const prelude = [
    'set -euo pipefail',
    `pidof() { if [ "$1" = etcd ]; then echo ${etcd.pid}; else echo ${apiserver.pid}; fi; }`,
    `podprobe() { ${podprobe.join(' ')} "$@" ${only.join(' ')}; }`,
  ];
  const mark = '=== the next command ===';
  try {
    const script = [...prelude, ...commands.flatMap((command) => [command, `echo '${mark}'`])].join('\n');
    const env = { PATH: process.env.PATH };
    const printed = execFileSync('bash', ['--norc', '-c', script], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 25_000,
    });
    return printed.split(`${mark}\n`).slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test(
  'every command of the guide by hand does what the guide says',
  async () => {
    await using cluster = await ControlPlane.start();
    const key = '/registry/secrets/test/mysecret';
    cluster.put(key, '{"kind":"Secret"}');
    const commands = commandsOf('etcd-by-hand');
    const printed = runAll(commands, cluster);
    const outputs = new Map(commands.map((command, i) => [command.trim(), printed[i] ?? '']));
    const of = (part: string): string => {
      const [, output] = [...outputs].find(([command]) => command.startsWith(part)) ?? [];
      assert.ok(output !== undefined, `the guide has no command ${part}`);
      return output;
    };
    assert.match(of(String.raw`tr '\0' '\n' < "/proc/$(pidof etcd)`), /^--client-cert-auth$/m);
    assert.match(
      of(String.raw`tr '\0' '\n' < "/proc/$(pidof kube-apiserver)`),
      `--etcd-servers=${cluster.etcd.endpoint}`,
    );
    assert.match(of('podprobe etcd status --export'), `export ETCDCTL_CERT=${cluster.files[1]}`);
    assert.match(of('openssl'), /IP Address:127\.0\.0\.1/);
    assert.match(of('etcdctl get / --prefix --keys-only'), key);
    assert.is(of('podprobe etcd keys'), `${key}\n`);
    assert.is(of('podprobe etcd keys --from kv.json'), `${key}\n`);
    assert.match(of('etcdctl get /registry/secrets/test/mysecret'), '{"kind":"Secret"}');
    assert.match(of('podprobe etcd status --census'), /secrets +1 +in clear/);
  },
  { skip, timeout: 60_000 },
);

test(
  'every command of the guide of etcd status works',
  async () => {
    await using cluster = await ControlPlane.start();
    const printed = runAll(commandsOf('etcd-status'), cluster);
    assert.is(printed.length, 2);
    assert.match(printed[0] ?? '', /^ {2}endpoints +https:\/\/127\.0\.0\.1/m);
  },
  { skip, timeout: 60_000 },
);

test.run();
