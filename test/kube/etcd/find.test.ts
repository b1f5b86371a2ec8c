import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findEtcd, type FoundEtcd } from '../../../lib/index.ts';
import { CgroupTree, cgroupsMissing } from '../../helpers/cgroup.ts';
import { NOBODY } from '../../helpers/command.ts';
import { MadeProcess } from '../../helpers/made-process.ts';
import { rejects } from '../../helpers/rejects.ts';
import { Container } from '../../helpers/runc.ts';
import { suite } from '../../helpers/suite.ts';
import { eventually } from '../../helpers/threads.ts';
import { missing } from '../../helpers/toolchain.ts';

const test = suite('kube: finding etcd');
const skip = process.getuid?.() === 0 ? missing(['gcc']) : 'needs root';

type Names = readonly (keyof FoundEtcd['choice'])[];

async function find(...made: MadeProcess[]): Promise<FoundEtcd> {
  return findEtcd({ pids: made.map(({ pid }) => pid), manifestDirectories: [], usualPlaces: false });
}

/** What was chosen, and who said it. */
function said({ choice }: FoundEtcd, ...names: Names): unknown[] {
  return names.map((name) => {
    const fact = choice[name] as { value: string; source: string } | null;
    return fact && `${fact.value} (${fact.source})`;
  });
}

const codesOf = ({ findings }: FoundEtcd): string[] => findings.map(({ code }) => code);
const clientsOf = ({ choice }: FoundEtcd): string[] =>
  choice.clients.map(({ owner, certFile, keyFile }) => `${owner}: ${certFile.value} ${keyFile.value}`);

test(
  'asks the API server before etcd, with paths from where each works',
  async () => {
    using apiserver = new MadeProcess();
    using etcd = new MadeProcess();
    etcd.write('pki/healthcheck-client.crt', '');
    etcd.write('pki/healthcheck-client.key', '');
    await apiserver.start('kube-apiserver', [
      '--etcd-servers=https://127.0.0.1:3379',
      '-etcd-servers',
      'https://10.0.0.2:2379',
      '--etcd_cafile=pki/ca.crt',
      '--etcd-certfile',
      '/pki/client.crt',
      '--etcd-keyfile=/pki/../client.key',
      '--encryption-provider-config=enc.yaml',
      '--etcd-servers-overrides=/events#https://127.0.0.1:4379',
    ]);
    await etcd.start('etcd', [
      '--listen-client-urls=https://127.0.0.1:3379,https://10.0.0.1:3379',
      '--client-cert-auth',
      '--cert-file=pki/server.crt',
      '--key-file=pki/server.key',
      '--data-dir=data',
    ]);
    const found = await find(etcd, apiserver);
    assert.equal(said(found, 'endpoints', 'caFile', 'encryptionConfig', 'prefix', 'dataDir', 'clientCertAuth'), [
      'https://127.0.0.1:3379,https://10.0.0.2:2379 (command line)',
      `${apiserver.folder}/pki/ca.crt (command line)`,
      `${apiserver.folder}/enc.yaml (command line)`,
      '/registry (assumed)',
      `${etcd.folder}/data (command line)`,
      'true (command line)',
    ]);
    assert.is(found.choice.endpoints?.process?.pid, apiserver.pid);
    assert.equal(clientsOf(found), [
      'apiserver: /pki/client.crt /pki/../client.key',
      `health check: ${etcd.folder}/pki/healthcheck-client.crt ${etcd.folder}/pki/healthcheck-client.key`,
      `etcd itself: ${etcd.folder}/pki/server.crt ${etcd.folder}/pki/server.key`,
    ]);
    assert.equal([codesOf(found), found.parties.map(({ process }) => process?.place)], [[], ['host', 'host']]);
  },
  { skip },
);

test(
  'says that Secrets are kept elsewhere',
  async () => {
    using made = new MadeProcess();
    const overrides = '/events#http://127.0.0.1:1,/secrets#http://127.0.0.1:2;http://127.0.0.1:3';
    await made.start('kube-apiserver', ['--etcd-servers=http://127.0.0.1:9', `--etcd-servers-overrides=${overrides}`]);
    const found = await find(made);
    assert.equal(codesOf(found), ['secrets-elsewhere']);
    assert.match(found.findings[0]?.message ?? '', 'http://127.0.0.1:2;http://127.0.0.1:3');
  },
  { skip },
);

test(
  'of an etcd alone: its variables, and its flags before them',
  async () => {
    using made = new MadeProcess();
    const env = {
      ETCD_LISTEN_CLIENT_URLS: 'https://0.0.0.0:3380',
      ETCD_TRUSTED_CA_FILE: '/env/ca',
      ETCD_CERT_FILE: '/c',
    };
    await made.start('etcd', ['--trusted-ca-file=/flag/ca', '--key-file=/k'], { env });
    const found = await find(made);
    assert.equal(said(found, 'endpoints', 'caFile', 'clientCertAuth', 'prefix'), [
      'https://127.0.0.1:3380 (environment)',
      '/flag/ca (command line)',
      'false (assumed)',
      null,
    ]);
    assert.equal(clientsOf(found), ['etcd itself: /c /k']);
  },
  { skip },
);

test(
  'takes nothing but the configuration where etcd does so',
  async () => {
    using made = new MadeProcess();
    const text = `
name: a
data-dir: data
listen-client-urls: https://[::]:3381
client-transport-security: {cert-file: /s.crt, key-file: /s.key, trusted-ca-file: ca.crt, client-cert-auth: true}
`;
    const path = made.write('conf/etcd.yaml', text);
    await made.start('etcd', ['--config-file', 'conf/etcd.yaml', '--data-dir=/not'], {
      env: { ETCD_TRUSTED_CA_FILE: '/not' },
    });
    const found = await find(made);
    assert.equal(said(found, 'endpoints', 'caFile', 'dataDir', 'clientCertAuth'), [
      'https://[::1]:3381 (config file)',
      `${made.folder}/ca.crt (config file)`,
      `${made.folder}/data (config file)`,
      'true (config file)',
    ]);
    assert.is(found.choice.caFile?.path, path);
    using broken = new MadeProcess();
    await broken.start('etcd', ['--config-file=/none.yaml']);
    const nothing = await find(broken);
    assert.equal([said(nothing, 'endpoints', 'dataDir'), codesOf(nothing)], [[null, null], ['missing-file']]);
  },
  { skip },
);

test(
  'reads the arguments of kubelite from their file, with the variables of its snap',
  async () => {
    using made = new MadeProcess();
    const lines = [
      '--etcd-servers="unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:12379"',
      '--encryption-provider-config=${SNAP_DATA}/args/enc.yaml',
    ];
    const path = made.write('var/snap/microk8s/5372/args/kube-apiserver', lines.join('\n'));
    await made.start('kubelite', ['--kubelet-args-file=/x', `--apiserver-args-file=${path}`]);
    const found = await find(made);
    const data = join(made.folder, 'var/snap/microk8s/5372');
    assert.equal(said(found, 'endpoints', 'encryptionConfig', 'caFile'), [
      `unix://${data}/var/kubernetes/backend/kine.sock:12379 (args file)`,
      `${data}/args/enc.yaml (args file)`,
      null,
    ]);
  },
  { skip },
);

test(
  'knows what is usual of k3s: kine, or an etcd of its own, or the one it was told',
  async () => {
    using kine = new MadeProcess();
    kine.write('k3s.yaml', `data-dir: ${kine.folder}/data\nkube-apiserver-arg: [etcd-prefix=/other]\n`);
    kine.write('data/server/cred/encryption-config.json', '{}');
    await kine.start('k3s-server', ['server', `--config=${kine.folder}/k3s.yaml`]);
    const withKine = await find(kine);
    assert.equal(said(withKine, 'endpoints', 'prefix', 'encryptionConfig', 'caFile'), [
      `unix://${kine.folder}/data/server/kine.sock (assumed)`,
      '/other (config file)',
      `${kine.folder}/data/server/cred/encryption-config.json (assumed)`,
      null,
    ]);
    using own = new MadeProcess();
    own.write('server/db/etcd/name', '');
    const env = { K3S_DATA_DIR: own.folder };
    await own.start('k3s', ['server', '--config=/none'], { env });
    const withOwn = await find(own);
    assert.equal(said(withOwn, 'endpoints', 'caFile'), [
      'https://127.0.0.1:2379 (assumed)',
      `${own.folder}/server/tls/etcd/server-ca.crt (assumed)`,
    ]);
    using told = new MadeProcess();
    await told.start('k3s', [
      'server',
      '--config=/none',
      '--datastore-endpoint',
      'https://e:1',
      '--datastore-cafile=/ca',
    ]);
    assert.equal(said(await find(told), 'endpoints', 'caFile'), ['https://e:1 (command line)', '/ca (command line)']);
    using database = new MadeProcess();
    await database.start('k3s', [
      'server',
      '--config=/none',
      '--datastore-endpoint=mysql://u:planted-password@tcp(e:1)/k',
    ]);
    assert.not.match(
      JSON.stringify(await find(database), (_, v) => (typeof v === 'bigint' ? 0 : v)),
      'planted',
    );
    using agent = new MadeProcess();
    await agent.start('k3s', ['agent']);
    assert.equal((await find(agent)).parties, []);
  },
  { skip, timeout: 60_000 },
);

test(
  'takes the etcd that rke2 starts, where its server was told to keep it, and none of an agent',
  async () => {
    using server = new MadeProcess();
    const data = join(server.folder, 'data');
    server.write('rke2.yaml', `data-dir: ${data}\nkube-apiserver-arg:\n- etcd-prefix=/other\n`);
    await server.start('rke2', ['server', '--config', join(server.folder, 'rke2.yaml')]);
    const found = await find(server);
    assert.equal(said(found, 'endpoints', 'caFile', 'prefix'), [
      'https://127.0.0.1:2379 (assumed)',
      `${data}/server/tls/etcd/server-ca.crt (assumed)`,
      '/other (config file)',
    ]);
    const tls = `${data}/server/tls/etcd`;
    assert.equal(clientsOf(found), [`apiserver: ${tls}/server-client.crt ${tls}/server-client.key`]);
    using agent = new MadeProcess();
    await agent.start('rke2', ['agent']);
    assert.equal((await find(agent)).parties, []);
  },
  { skip },
);

test(
  'says who listens at an endpoint, and is none of those that are believed',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as { port: number };
      using apiserver = new MadeProcess();
      await apiserver.start('kube-apiserver', [`--etcd-servers=http://127.0.0.1:${port}`]);
      const found = await find(apiserver);
      assert.equal(
        found.listeners.map((one) => [one.address, one.port, one.pid]),
        [['127.0.0.1', port, process.pid]],
      );
      const { message } = found.findings.find(({ code }) => code === 'other-listener') ?? {};
      assert.match(message ?? '', `pid ${process.pid} (`);
      assert.match(message ?? '', `listens at 127.0.0.1:${port}, and is none of the processes that are believed`);
    } finally {
      server.close();
    }
  },
  { skip },
);

test(
  'says of a process in another network that its 127.0.0.1 is not ours',
  async () => {
    using made = new MadeProcess();
    const program = await made.program('kube-apiserver');
    const child = spawn('unshare', ['--net', program, '--etcd-servers=http://127.0.0.1:2379'], { stdio: 'ignore' });
    try {
      await eventually(
        () => readFileSync(`/proc/${child.pid}/comm`, 'latin1').trim() === 'kube-apiserver',
        () => 'it has not started',
      );
      const found = await findEtcd({ pids: [child.pid as number], manifestDirectories: [], usualPlaces: false });
      assert.equal(codesOf(found), ['other-network']);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  },
  { skip: skip ?? missing(['unshare']) },
);

test(
  'reads the arguments in the configuration of OpenShift, and hyperkube only when it is the API server',
  async () => {
    using made = new MadeProcess();
    const config = {
      apiServerArguments: { 'etcd-servers': ['https://a:1', 'https://b:1'], 'etcd-prefix': ['kubernetes.io'] },
      storageConfig: { urls: ['https://old:1'], ca: '/ca' },
    };
    const path = made.write('config.json', JSON.stringify(config));
    await made.start('hyperkube', ['kube-apiserver', `--openshift-config=${path}`, '--etcd-keyfile=/k']);
    const found = await find(made);
    assert.equal(said(found, 'endpoints', 'prefix', 'caFile'), [
      'https://a:1,https://b:1 (config file)',
      'kubernetes.io (config file)',
      '/ca (config file)',
    ]);
    using kubelet = new MadeProcess();
    await kubelet.start('hyperkube', ['kubelet', '--etcd-servers=http://x']);
    assert.equal((await find(kubelet)).parties, []);
  },
  { skip },
);

test(
  'does not believe a program of a user that has such a name',
  async () => {
    using made = new MadeProcess();
    await made.start('kube-apiserver', ['--etcd-servers=http://evil:1'], { uid: NOBODY, gid: NOBODY, cwd: '/' });
    const found = await find(made);
    assert.equal([found.parties, found.choice.endpoints], [[], null]);
    assert.equal([found.doubted[0]?.pid, found.doubted[0]?.comm], [made.pid, 'kube-apiserver']);
    assert.match(found.doubted[0]?.reason ?? '', /user 65534 runs it/);
  },
  { skip },
);

test(
  'believes the API server of a static pod, not one in a pod that anybody can make',
  async () => {
    using made = new MadeProcess();
    await using groups = new CgroupTree();
    const program = await made.program('kube-apiserver');
    const container = '0f'.repeat(32);
    const hostile = await groups.start(`/kubepods/pod6f7e1acc-0a2c-4b6e-9a54-6b8d5c8b9a01/${container}`, [
      program,
      '--etcd-servers=http://evil:1',
    ]);
    const real = await groups.start(`/kubepods/burstable/pod${'ab'.repeat(16)}/${container}`, [
      program,
      '--etcd-servers=http://real:1',
    ]);
    const found = await findEtcd({ pids: [hostile, real], manifestDirectories: [], usualPlaces: false });
    assert.equal(said(found, 'endpoints'), ['http://real:1 (command line)']);
    assert.equal(
      found.parties.map(({ process }) => [process?.pid, process?.place]),
      [[real, 'static pod']],
    );
    assert.equal(
      found.doubted.map(({ pid, reason }) => [pid, reason]),
      [[hostile, 'it runs in a container']],
    );
  },
  { skip: skip ?? cgroupsMissing() },
);

test(
  'where none runs, reads the manifests of static pods, with the paths of the node',
  async () => {
    using made = new MadeProcess();
    const command = [
      'kube-apiserver',
      '--etcd-servers=https://127.0.0.1:3382',
      '--etcd-cafile=/pki/etcd/ca.crt',
      '--etcd-certfile=/pki/client.crt',
      '--etcd-keyfile=/elsewhere/client.key',
    ];
    const pod = {
      kind: 'Pod',
      spec: {
        containers: [{ command, volumeMounts: [{ name: 'pki', mountPath: '/pki/' }] }],
        volumes: [{ name: 'pki', hostPath: { path: '/etc/kubernetes/pki' } }],
      },
    };
    const path = made.write('manifests/apiserver.yaml', JSON.stringify(pod));
    made.write('manifests/broken.yaml', '{{');
    made.write('manifests/.apiserver.yaml.swp', JSON.stringify(pod).replaceAll('3382', '1'));
    await made.start('kubelet', []);
    const manifestDirectories = [join(made.folder, 'manifests'), join(made.folder, 'none')];
    const found = await findEtcd({ pids: [made.pid], host: made.pid, manifestDirectories, usualPlaces: false });
    assert.equal(said(found, 'endpoints', 'caFile'), [
      'https://127.0.0.1:3382 (manifest)',
      '/etc/kubernetes/pki/etcd/ca.crt (manifest)',
    ]);
    assert.equal([found.choice.endpoints?.path, found.choice.caFile?.viewer, clientsOf(found)], [path, made.pid, []]);
  },
  { skip },
);

test(
  'at last looks where distributions have certificates, as the node sees them',
  async () => {
    using node = Container.start();
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const tls = join(node.folder, 'rootfs/var/lib/rancher/k3s/server/tls/etcd');
    mkdirSync(tls, { recursive: true });
    for (const name of ['server-ca.crt', 'client.crt', 'client.key']) writeFileSync(join(tls, name), '');
    const found = await findEtcd({ pids: [process.pid], host: node.pid });
    assert.equal(said(found, 'endpoints', 'caFile'), [
      'https://127.0.0.1:2379 (assumed)',
      '/var/lib/rancher/k3s/server/tls/etcd/server-ca.crt (assumed)',
    ]);
    const nothing = await findEtcd({ pids: [process.pid], host: node.pid, usualPlaces: false });
    assert.equal([nothing.choice.endpoints, nothing.parties], [null, []]);
    assert.ok(nothing.looked.includes('manifests in /etc/kubernetes/manifests'), nothing.looked.join());
  },
  { skip: skip ?? missing(['runc', 'busybox']) },
);

test(
  'says that flags are hidden, and assumes nothing then',
  async () => {
    using made = new MadeProcess();
    await made.start('kube-apiserver', [], {}, '');
    const found = await find(made);
    assert.equal([said(found, 'prefix', 'endpoints'), codesOf(found)], [[null, null], ['hidden-flags']]);
  },
  { skip },
);

test('refuses options that it cannot use', async () => {
  await rejects(findEtcd({ pids: [0] }), { code: 'ERR_INVALID_ARG_VALUE' });
  await rejects(findEtcd({ timeout: -1 }), { code: 'ERR_INVALID_ARG_VALUE' });
});

test.run();
