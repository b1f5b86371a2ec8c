import * as assert from 'uvu/assert';
import { findEtcd } from '../../lib/index.ts';
import { podprobe } from '../helpers/command.ts';
import { impossible, variable } from '../helpers/lab.ts';
import { assertKeeps } from '../helpers/schema.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('a real etcd of a cluster');

type Document = {
  connection: { endpoints: { value: string; source: string }; caFile: { value: string }; owner: string };
  endpoints: { withoutCertificate: string; status: { version: string } | null }[];
  listeners: { comm: string | null }[];
  secrets: { state: string; keys: { provider: string }[]; configured: { provider: string } | null };
};

test(
  'is found with no flag at all, by what its API server was told',
  async () => {
    const { choice, parties } = await findEtcd();
    assert.is(choice.endpoints?.value, variable('ETCDCTL_ENDPOINTS'));
    assert.is(choice.endpoints?.process?.program, 'kube-apiserver');
    assert.is(choice.dataDir?.value, variable('LAB_ETCD_DATA'));
    assert.ok(parties.some(({ role, process: one }) => role === 'etcd' && one?.place === 'host'));
  },
  { impossible },
);

test(
  'tells its status and whether its Secrets are encrypted, and exports what etcdctl needs',
  async () => {
    const { code, stdout, text } = await podprobe(['etcd', 'status', '--json']);
    assert.is(code, 0, text);
    const { connection, endpoints, listeners, secrets } = assertKeeps<Document>(
      'etcd-status',
      JSON.parse(stdout) as object,
    );
    assert.equal([connection.endpoints.source, connection.owner], ['command line', 'apiserver']);
    assert.is(connection.caFile.value, variable('ETCDCTL_CACERT'));
    assert.equal([endpoints.length, endpoints[0]?.withoutCertificate], [1, 'refused']);
    assert.match(endpoints[0]?.status?.version ?? '', /^\d+\.\d+/);
    assert.equal(
      listeners.map(({ comm }) => comm),
      ['etcd'],
    );
    const encrypts = secrets.configured !== null && secrets.configured.provider !== 'identity';
    if (secrets.state !== 'none') assert.is(secrets.state, encrypts ? 'encrypted' : 'in clear');
    const exported = await podprobe(['etcd', 'status', '--export']);
    assert.match(exported.stdout, `export ETCDCTL_ENDPOINTS=${variable('ETCDCTL_ENDPOINTS')}\n`);
  },
  { impossible },
);

test(
  'is read with no flag at all',
  async () => {
    const { code, stdout, text } = await podprobe(['etcd', 'keys', '/registry/namespaces/']);
    assert.is(code, 0, text);
    assert.ok(stdout.split('\n').includes('/registry/namespaces/kube-system'), stdout);
  },
  { impossible },
);

test(
  'gives a Secret, decrypted, with no flag at all',
  async () => {
    const [key] = (await podprobe(['etcd', 'keys', '/registry/secrets/'])).stdout.split('\n');
    assert.ok(key, 'there is no Secret');
    const { code, stdout, text } = await podprobe(['etcd', 'get', key, '--json']);
    assert.is(code, 0, text);
    const { secret, problem } = assertKeeps<{ secret: { name: string } | null; problem: object | null }>(
      'etcd-get',
      JSON.parse(stdout) as object,
    );
    assert.equal([secret?.name, problem], [key.split('/').at(-1), null]);
  },
  { impossible },
);

test.run();
