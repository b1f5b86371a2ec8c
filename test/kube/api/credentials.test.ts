import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type ApiCredentials, readApiCredentials } from '../../../lib/kube/api/credentials.ts';
import { openApi } from '../../../lib/kube/api/client.ts';
import { findKubelet } from '../../../lib/kube/kubelet.ts';
import { ApiServer, apiServerMissing } from '../../helpers/api-server.ts';
import { findingCodes } from '../../helpers/known.ts';
import { MadeProcess } from '../../helpers/made-process.ts';
import { suite } from '../../helpers/suite.ts';
import { missing } from '../../helpers/toolchain.ts';

const test = suite('kube: what kubelet shows to the API');
const skip = process.getuid?.() === 0 ? (missing(['gcc']) ?? apiServerMissing()) : 'needs root';
let server: ApiServer;

test.before(async () => {
  server = await ApiServer.start();
  server.objects.set('/version', { major: '1' });
});
test.after(() => server[Symbol.asyncDispose]());

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with two contexts, of which the second is the current one. */
function kubeconfig(cluster: object, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'b',
    contexts: [
      { name: 'a', context: { cluster: 'other', user: 'other' } },
      { name: 'b', context: { cluster: 'c', user: 'u' } },
    ],
    clusters: [
      { name: 'other', cluster: { server: 'https://192.0.2.1' } },
      { name: 'c', cluster: { server: server.url, ...cluster } },
    ],
    users: [{ name: 'u', user }],
  });
}

const data = (): [cluster: object, user: object] => [
  { 'certificate-authority-data': base64(server.authority.pem) },
  { 'client-certificate-data': base64(server.kubelet.cert), 'client-key-data': base64(server.kubelet.key) },
];

/** Starts a kubelet with this kubeconfig; what it shows. */
async function read(made: MadeProcess, text: string, ...flags: string[]): Promise<ApiCredentials> {
  made.write('kubelet.conf', text);
  await made.start('kubelet', ['--kubeconfig=kubelet.conf', ...flags]);
  return readApiCredentials(await findKubelet({ pid: made.pid }));
}

async function asksWith({ connection, findings }: ApiCredentials): Promise<void> {
  assert.equal(findings, []);
  assert.ok(connection);
  using client = await openApi(connection);
  assert.equal(await client.get('/version'), { major: '1' });
}

test(
  'is in its kubeconfig, whose current context counts, and it names the node',
  async () => {
    using made = new MadeProcess();
    using credentials = await read(made, kubeconfig(...data()), '--hostname-override=another');
    await asksWith(credentials);
    assert.is(credentials.nodeName, 'node-1');
    assert.is(credentials.certificate?.subject, 'CN=system:node:node-1');
  },
  { skip },
);

test(
  'is in files beside it, the key and the certificate in one that is a link, as kubelet renews them',
  async () => {
    using made = new MadeProcess();
    const { kubelet, authority } = server;
    made.write('ca.crt', authority.pem);
    made.write('pki/kubelet-client-2026.pem', `${kubelet.cert}${kubelet.key}`);
    symlinkSync('kubelet-client-2026.pem', join(made.folder, 'pki/kubelet-client-current.pem'));
    const pem = 'pki/kubelet-client-current.pem';
    const text = kubeconfig({ 'certificate-authority': 'ca.crt' }, { 'client-certificate': pem, 'client-key': pem });
    using credentials = await read(made, text);
    await asksWith(credentials);
  },
  { skip },
);

test(
  'is a token in a file, before one in clear; then its flag names the node',
  async () => {
    using made = new MadeProcess();
    server.token = 'abc.def';
    made.write('token', 'abc.def\n');
    const [cluster] = data();
    using credentials = await read(
      made,
      kubeconfig(cluster, { token: 'old', tokenFile: 'token' }),
      '--hostname-override=Node-2',
    );
    await asksWith(credentials);
    assert.equal([credentials.nodeName, credentials.certificate], ['node-2', null]);
  },
  { skip },
);

test(
  'is overwritten when it is disposed of',
  async () => {
    using made = new MadeProcess();
    const credentials = await read(made, kubeconfig(data()[0], { ...data()[1], token: 'abc' }));
    const secrets = [credentials.connection?.key, credentials.connection?.token];
    assert.ok(secrets.every((bytes) => bytes?.some((byte) => byte !== 0)));
    credentials[Symbol.dispose]();
    assert.ok(secrets.every((bytes) => bytes?.every((byte) => byte === 0)));
  },
  { skip },
);

const unusable: [what: string, make: () => string, code: string, message: RegExp][] = [
  [
    'one that takes any certificate',
    () => kubeconfig({ 'insecure-skip-tls-verify': true }, data()[1]),
    'unusable-kubeconfig',
    /any certificate/,
  ],
  [
    'a program',
    () => kubeconfig(data()[0], { exec: { command: 'aws', args: ['s3cret'] } }),
    'unusable-kubeconfig',
    /a program \(exec: aws\)/,
  ],
  ['a proxy', () => kubeconfig({ 'proxy-url': 'http://me:s3cret@proxy' }, data()[1]), 'unusable-kubeconfig', /proxy/],
  [
    'nothing',
    () => kubeconfig(data()[0], { username: 'me', password: 's3cret' }),
    'unusable-kubeconfig',
    /no client certificate, and no token/,
  ],
  ['no context', () => JSON.stringify({ kind: 'Config' }), 'unusable-kubeconfig', /names no server/],
  ['another kind', () => JSON.stringify({ kind: 'Secret', data: 's3cret' }), 'unusable-kubeconfig', /no kubeconfig/],
  ['no YAML', () => 's3cret: [', 'malformed-file', /no object of YAML/],
  [
    'a file that is not there',
    () => kubeconfig(data()[0], { 'client-certificate': '/none.pem' }),
    'missing-file',
    /does not exist/,
  ],
  [
    'a key of another certificate',
    () => {
      const { key } = server.authority.issue('other', { purpose: 'clientAuth' });
      return kubeconfig(data()[0], { ...data()[1], 'client-key-data': base64(key) });
    },
    'unusable-certificate',
    /key is that of another/,
  ],
];
for (const [what, make, code, message] of unusable) {
  test(
    `${what} is a finding, and shows nothing`,
    async () => {
      using made = new MadeProcess();
      using credentials = await read(made, make());
      assert.is(credentials.connection, null);
      const finding = credentials.findings.find((one) => one.code === code);
      assert.match(finding?.message ?? `${findingCodes(credentials)}`, message);
      assert.not.match(JSON.stringify(credentials.findings), 's3cret');
    },
    { skip },
  );
}

test(
  'of a program of another user that is called kubelet nothing is read',
  async () => {
    using made = new MadeProcess();
    made.write('kubelet.conf', kubeconfig(...data()));
    await made.start('kubelet', ['--kubeconfig=kubelet.conf'], { uid: 65_534, gid: 65_534 });
    using credentials = await readApiCredentials(await findKubelet({ pid: made.pid, usualRoots: [] }));
    assert.equal([credentials.connection, findingCodes(credentials)], [null, ['no-kubelet']]);
  },
  { skip },
);

test(
  'of k3s is where k3s has it',
  async () => {
    using made = new MadeProcess();
    made.write('data/agent/kubelet.kubeconfig', kubeconfig(...data()));
    await made.start('k3s', ['agent', `--data-dir=${made.folder}/data`]);
    using credentials = await readApiCredentials(await findKubelet({ pid: made.pid }));
    await asksWith(credentials);
  },
  { skip },
);

test.run();
