import { execFileSync, spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { NOBODY, podprobe, unfitForNobody } from '../helpers/command.ts';
import { ControlPlane } from '../helpers/control-plane.ts';
import { Etcd, etcdMissing } from '../helpers/etcd.ts';
import { MadeProcess } from '../helpers/made-process.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('cli: etcd status');
const skip = process.getuid?.() === 0 ? etcdMissing() : 'needs root';
const SECRET = 'S3CR3T-in-etcd-7Zq0p';

type Fact = { value: string; source: string; pid: number | null } | null;
type Document = {
  parties: { process: { pid: number; place: string } | null }[];
  notBelieved: { pid: number; comm: string; reason: string }[];
  listeners: { port: number; pid: number | null }[];
  connection: Record<'endpoints' | 'caFile' | 'certFile', Fact> & {
    owner: string | null;
    certificate: { subject: string; usages: string[] | null } | null;
    signedByCa: boolean | null;
  };
  storage: { prefix: Fact; encryptionConfig: Fact };
  endpoints: { withoutCertificate: string; status: { version: string; isLeader: boolean } | null }[];
  secrets: { state: string; records: number; keys: object[]; configured: object | null } | null;
  census: { records: number } | null;
  findings: { code: string }[];
};

async function documentOf(cluster: ControlPlane, args: readonly string[] = [], code = 0): Promise<Document> {
  const result = await podprobe(['etcd', 'status', '--json', ...cluster.only, ...args]);
  assert.is(result.code, code, result.text);
  assert.not.match(result.text, SECRET);
  return assertKeeps<Document>('etcd-status', JSON.parse(result.stdout) as object);
}

test(
  'finds an etcd without a flag, and says who said what, and whom it lets in',
  async () => {
    await using cluster = await ControlPlane.start();
    const { etcd, apiserver } = cluster;
    const document = await documentOf(cluster);
    const { endpoints, caFile, certFile, owner, certificate, signedByCa } = document.connection;
    assert.equal(endpoints, { value: etcd.endpoint, source: 'command line', path: null, pid: apiserver.pid });
    assert.equal([caFile?.value, certFile?.value], cluster.files.slice(0, 2));
    assert.equal(
      [owner, certificate?.subject, certificate?.usages, signedByCa],
      ['apiserver', 'CN=client', ['client'], true],
    );
    assert.equal(
      document.listeners.map(({ port, pid }) => [port, pid]),
      [[etcd.port, etcd.pid]],
    );
    assert.equal(
      [document.endpoints[0]?.withoutCertificate, document.endpoints[0]?.status?.isLeader],
      ['refused', true],
    );
    assert.equal([document.secrets?.state, document.census], ['none', null]);
    assert.equal(document.secrets?.configured, { provider: 'identity', keyName: null });
    assert.equal(
      document.findings.map(({ code }) => code),
      ['certificate-ends'],
    );
  },
  { skip },
);

test(
  'tells by the records and by the configuration whether Secrets are encrypted',
  async () => {
    await using cluster = await ControlPlane.start(['--encryption-provider-config=enc.yaml']);
    const secret = randomBytes(32).toString('base64');
    cluster.apiserver.write(
      'enc.yaml',
      JSON.stringify({
        kind: 'EncryptionConfiguration',
        resources: [
          { resources: ['secrets'], providers: [{ aescbc: { keys: [{ name: 'key1', secret }] } }, { identity: {} }] },
        ],
      }),
    );
    cluster.put('/registry/secrets/test/one', `k8s:enc:aescbc:v1:key1:${SECRET}`);
    const encrypted = await documentOf(cluster);
    assert.is(encrypted.storage.encryptionConfig?.value, join(cluster.apiserver.folder, 'enc.yaml'));
    assert.equal(encrypted.secrets?.keys, [{ provider: 'aescbc', keyName: 'key1', records: 1 }]);
    assert.equal(
      [encrypted.secrets?.state, encrypted.secrets?.configured],
      ['encrypted', { provider: 'aescbc', keyName: 'key1' }],
    );
    cluster.put('/registry/secrets/test/two', `{"kind":"Secret","data":{"a":"${SECRET}"}}`);
    cluster.put('/registry/configmaps/test/one', 'x');
    const mixed = await documentOf(cluster, ['--census']);
    assert.equal([mixed.secrets?.state, mixed.secrets?.records, mixed.census?.records], ['mixed', 2, 3]);
    const codes = mixed.findings.map(({ code }) => code);
    assert.ok(codes.includes('secrets-in-clear') && codes.includes('plaintext-leftover'), codes.join());
    const { text, code } = await podprobe(['etcd', 'status', '--census', ...cluster.only]);
    assert.is(code, 0, text);
    assert.match(text, /some are encrypted, others in clear/);
    assert.not.match(text, SECRET);
    assert.not.match(text, secret);
  },
  { skip },
);

test(
  'what it exports is what etcdctl needs',
  async () => {
    await using cluster = await ControlPlane.start();
    const { stdout, code } = await podprobe(['etcd', 'status', '--export', ...cluster.only]);
    assert.is(code, 0);
    const script = `${stdout}etcdctl endpoint status`;
    const status = execFileSync('sh', ['-euc', script], { encoding: 'utf8', env: { PATH: process.env.PATH } });
    assert.match(status, cluster.etcd.endpoint);
    assert.not.match(stdout, 'PRIVATE');
  },
  { skip },
);

test(
  'other commands find it, too; an option counts before a variable, and that before what is found',
  async () => {
    await using cluster = await ControlPlane.start();
    cluster.put('/registry/secrets/test/mysecret', SECRET);
    const keys = await podprobe(['etcd', 'keys', ...cluster.only]);
    assert.equal([keys.code, keys.stdout, keys.stderr], [0, '/registry/secrets/test/mysecret\n', '']);
    const env = { ETCDCTL_ENDPOINTS: 'http://127.0.0.1:1' };
    const elsewhere = await podprobe(['etcd', 'keys', ...cluster.only], { env });
    assert.is(elsewhere.code, 3, elsewhere.text);
    assert.match(elsewhere.stderr, '127.0.0.1:1');
    const back = await podprobe(['etcd', 'keys', ...cluster.etcd.flags], { env });
    assert.is(back.code, 0, back.text);
    const other = cluster.etcd.authority?.issue('other', { purpose: 'clientAuth' });
    const document = await documentOf(cluster, ['--cert', other?.certPath ?? '', '--key', other?.keyPath ?? '']);
    const { certFile, certificate, owner, endpoints } = document.connection;
    assert.equal([certFile?.source, certificate?.subject, owner], ['given', 'CN=other', null]);
    assert.is(endpoints?.source, 'command line');
  },
  { skip },
);

test(
  'a Secret is found and decrypted without an option, by the prefix and the keys of the API server',
  async () => {
    await using cluster = await ControlPlane.start(['--encryption-provider-config=enc.yaml', '--etcd-prefix=/other']);
    const secret = randomBytes(32);
    const keys = [{ name: 'key1', secret: secret.toString('base64') }];
    const rule = { resources: ['secrets'], providers: [{ aescbc: { keys } }] };
    cluster.apiserver.write('enc.yaml', JSON.stringify({ kind: 'EncryptionConfiguration', resources: [rule] }));
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', secret, iv);
    const data = { password: Buffer.from(SECRET).toString('base64') };
    const record = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret', namespace: 'test' }, data };
    const sealed = [cipher.update(JSON.stringify(record)), cipher.final()];
    cluster.put('/other/secrets/test/mysecret', Buffer.concat([Buffer.from('k8s:enc:aescbc:v1:key1:'), iv, ...sealed]));
    const hidden = await podprobe(['etcd', 'get', 'test/mysecret', ...cluster.only]);
    assert.is(hidden.code, 0, hidden.text);
    assert.match(hidden.stdout, 'password');
    assert.not.match(hidden.text, SECRET);
    const shown = await podprobe(['etcd', 'get', 'test/mysecret', '--reveal', ...cluster.only]);
    assert.match(shown.stdout, SECRET);
    const history = await podprobe(['etcd', 'history', 'test/mysecret', ...cluster.only]);
    assert.is(history.code, 0, history.text);
  },
  { skip },
);

test(
  'does not take the certificate of etcd itself where it is for servers only, and says so',
  async () => {
    await using cluster = await ControlPlane.start();
    const result = await podprobe(['etcd', 'status', '--pid', cluster.etcd.pid]);
    assert.is(result.code, 4, result.text);
    assert.match(result.stdout, /it may be used by servers only/);
    assert.match(result.stdout, /it wants a client certificate, and none was given/);
  },
  { skip },
);

test(
  'reads the files of a process in a root of its own below that root',
  async () => {
    await using cluster = await ControlPlane.start();
    using made = new MadeProcess();
    await made.program('kube-apiserver');
    const names = ['ca.crt', 'client.crt', 'client.key'];
    cluster.files.forEach((path, i) => made.write(`pki/${names[i]}`, readFileSync(path, 'utf8')));
    const flags = ['--etcd-cafile=/pki/ca.crt', '--etcd-certfile=pki/client.crt', '--etcd-keyfile=/pki/client.key'];
    const argv = [made.folder, '/kube-apiserver', `--etcd-servers=${cluster.etcd.endpoint}`, ...flags];
    const child = spawn('chroot', argv, { stdio: 'ignore' });
    try {
      await eventually(
        () => readFileSync(`/proc/${child.pid}/comm`, 'utf8').startsWith('kube-api'),
        () => 'it was not started',
      );
      const result = await podprobe(['etcd', 'keys', '--pid', child.pid ?? 0]);
      assert.equal([result.code, result.text], [0, '']);
    } finally {
      child.kill('SIGKILL');
    }
  },
  { skip },
);

test(
  'says what was looked at where there is none, and who was not believed',
  async () => {
    using made = new MadeProcess();
    await made.start('kube-apiserver', ['--etcd-servers=http://evil:1'], { uid: NOBODY, gid: NOBODY, cwd: '/' });
    const result = await podprobe(['etcd', 'status', '--pid', made.pid]);
    assert.is(result.code, 3, result.text);
    assert.match(
      result.stderr,
      /no etcd was found on this node \(looked at \d+ processes, manifests in \/etc\/kubernetes/,
    );
    assert.match(result.stderr, `pid ${made.pid} is called kube-apiserver, but user ${NOBODY} runs it`);
    assert.not.match(result.stderr, 'evil');
  },
  { skip },
);

test(
  'an etcd that lets everybody in is a finding',
  async () => {
    await using etcd = await Etcd.start();
    const result = await podprobe(['etcd', 'status', '--pid', etcd.pid]);
    assert.is(result.code, 0, result.text);
    assert.match(result.stdout, /lets in whoever reaches it, without a certificate/);
    assert.match(result.stdout, /is without TLS/);
  },
  { skip },
);

test(
  'who may not read the key is told which file it is',
  async () => {
    await using cluster = await ControlPlane.start();
    const result = await podprobe(['etcd', 'status', ...cluster.only], { uid: NOBODY });
    assert.ok(result.code === 4 || result.code === 5, result.text);
    assert.match(result.text, /EACCES|not permitted|working directory/);
  },
  { skip: skip ?? unfitForNobody() },
);

test(
  'options that do not go together are refused',
  async () => {
    const both = await podprobe(['etcd', 'status', '--export', '--json']);
    assert.equal([both.code, both.stdout], [2, '']);
    const none = await podprobe(['etcd', 'status', '--pid', 'x']);
    assert.is(none.code, 2, none.text);
    using made = new MadeProcess();
    const keys = `[{name: a, secret: ${SECRET}}]`;
    const rule = `{resources: [secrets], providers: [{aescbc: {keys: ${keys}}}]}`;
    const path = made.write('enc', `kind: EncryptionConfiguration\nresources: [${rule}]\n`);
    await using etcd = await Etcd.start();
    const bad = await podprobe(['etcd', 'status', ...etcd.flags, '--encryption-config', path]);
    assert.is(bad.code, 2, bad.text);
    assert.not.match(bad.text, SECRET);
  },
  { skip },
);

test.run();
