import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { readEncryptionConfiguration, ruleFor } from '../../lib/etcd/encryption/configuration.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: encryption configuration');
const SECRET = Buffer.alloc(32, 'S3CR3T-of-the-key').toString('base64');

const yaml = `
# hand-written
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets, deployments.apps]
    providers:
      - aescbc: {keys: [{name: key1, secret: ${SECRET}}]}
      - secretbox:
          keys:
            - name: box
              secret: >-
                ${SECRET}
      - kms: {apiVersion: v2, name: plugin, endpoint: unix:///run/kms.sock, timeout: 3s}
      - identity: {}
  - resources: ['*.apps']
    providers: [identity: {}]
  - resources: ['*.']
    providers: [kms: {name: old, endpoint: unix:///run/old.sock, cachesize: 10}]
`;

test('reads rules, providers and keys in their order', async () => {
  const { rules } = await readEncryptionConfiguration(Buffer.from(yaml));
  assert.equal(
    rules.map(({ providers }) => providers.map(({ provider }) => provider)),
    [['aescbc', 'secretbox', 'kms', 'identity'], ['identity'], ['kms']],
  );
  const [first, , kms] = rules[0]?.providers ?? [];
  assert.ok(first?.provider === 'aescbc');
  assert.equal(
    first.keys.map(({ name, secret }) => [name, secret.export().toString('base64')]),
    [['key1', SECRET]],
  );
  assert.equal(kms, { provider: 'kms', version: 'v2', name: 'plugin', endpoint: 'unix:///run/kms.sock' });
});

test('takes JSON, and the kind of before Kubernetes 1.13', async () => {
  const resources = [{ resources: ['secrets'], providers: [{ identity: {} }] }];
  const text = JSON.stringify({ kind: 'EncryptionConfig', apiVersion: 'v1', resources });
  const { rules } = await readEncryptionConfiguration(Buffer.from(text));
  assert.equal(rules, [{ resources: ['secrets'], providers: [{ provider: 'identity' }] }]);
});

const places: [resource: string, rule: number | null][] = [
  ['secrets', 0],
  ['deployments.apps', 0],
  ['replicasets.apps', 1],
  ['configmaps', 2],
  ['widgets.example.com', null],
];
for (const [resource, rule] of places) {
  test(`${resource} is of rule ${rule}`, async () => {
    const configuration = await readEncryptionConfiguration(Buffer.from(yaml));
    assert.is(ruleFor(configuration, resource), rule === null ? null : configuration.rules[rule]);
  });
}

test('*.* is of every resource', async () => {
  const all = await readEncryptionConfiguration(Buffer.from(yaml.replace("'*.'", "'*.*'")));
  for (const resource of ['widgets.example.com', 'configmaps']) assert.is(ruleFor(all, resource), all.rules[2]);
});

test('printing one shows no secret', async () => {
  const text = inspect(await readEncryptionConfiguration(Buffer.from(yaml)), { depth: 10, showHidden: true });
  assert.not.match(text, new RegExp(`${SECRET.slice(0, 8)}|S3CR3T`));
});

const broken: [what: string, text: string, message: RegExp][] = [
  ['no YAML', '{', /no YAML or JSON/],
  ['a list', '- a', /no YAML or JSON/],
  ['another kind', 'kind: Secret', /kind is none of/],
  ['a secret that is no base64', yaml.replace(SECRET, 'S3CR3T!'), /secret of key 'key1' of aescbc is no base64/],
  ['a secret of a wrong length', yaml.replace(SECRET, 'UzNDUjNU'), /key1' of aescbc has 6 bytes/],
  ['a key without a name', yaml.replace('name: key1', "name: ''"), /a key of aescbc has no name/],
  ['an unknown provider', yaml.replace('aescbc', 'aesxts'), /called 'aesxts'/],
  ['two providers in one', yaml.replace('- identity: {}', '- {identity: {}, aesgcm: {}}'), /more than one provider/],
  ['a rule without resources', yaml.replace('[secrets, deployments.apps]', '[]'), /no resources or no providers/],
];
for (const [what, text, message] of broken) {
  test(`refuses ${what}, without showing what stands there`, async () => {
    const error = await rejects(readEncryptionConfiguration(Buffer.from(text)), {
      code: 'ERR_ENCRYPTION_CONFIGURATION',
      message,
    });
    assert.not.match(`${error.stack}${inspect(error)}`, /S3CR3T|UzNDUjNU/);
  });
}

test.run();
