import * as assert from 'uvu/assert';
import { toResource } from '../../lib/etcd/resource-places.ts';
import { parseStorageKey, toStorageKey, toStoragePrefix } from '../../lib/etcd/storage-key.ts';
import { throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: storage key');

const keys: [key: string, resource: string, namespace: string | null, name: string][] = [
  ['/registry/secrets/test/mysecret', 'secrets', 'test', 'mysecret'],
  ['/registry/namespaces/test', 'namespaces', null, 'test'],
  ['/registry/controllers/test/one', 'replicationcontrollers', 'test', 'one'],
  ['/registry/services/endpoints/default/kubernetes', 'endpoints', 'default', 'kubernetes'],
  ['/registry/services/specs/default/kubernetes', 'services', 'default', 'kubernetes'],
  ['/registry/minions/node', 'nodes', null, 'node'],
  ['/registry/ingress/test/web', 'ingresses.networking.k8s.io', 'test', 'web'],
  ['/registry/deployments/test/web', 'deployments.apps', 'test', 'web'],
  ['/registry/clusterroles/system:node', 'clusterroles.rbac.authorization.k8s.io', null, 'system:node'],
  ['/registry/example.com/widgets/test/one', 'widgets.example.com', 'test', 'one'],
  ['/registry/example.com/deployments/test/one', 'deployments.example.com', 'test', 'one'],
  ['/registry/apiregistration.k8s.io/apiservices/v1.apps', 'apiservices.apiregistration.k8s.io', null, 'v1.apps'],
  ['/kubernetes.io/secrets/test/mysecret', 'secrets', 'test', 'mysecret'],
  ['/openshift.io/route.openshift.io/routes/test/web', 'routes.route.openshift.io', 'test', 'web'],
];
for (const [key, resource, namespace, name] of keys) {
  test(`takes ${key} apart, and puts it together again`, () => {
    const parsed = parseStorageKey(Buffer.from(key));
    const prefix = `/${key.split('/')[1]}/`;
    assert.equal(parsed, { prefix, resource, namespace, name });
    assert.is(toStorageKey({ prefix, resource, namespace, name }), key);
  });
}

for (const key of [
  'compact_rev_key',
  '/registry/',
  '/registry/secrets',
  '/registry/secrets/',
  '/registry/secrets//x',
  '/registry/secrets/a/b/c',
  '/bootstrap/0123',
  '',
]) {
  test(`'${key}' is the key of no object`, () => assert.is(parseStorageKey(key), null));
}

test('any prefix is taken as kube-apiserver does', () => {
  for (const text of ['registry', '/registry', '/registry/', '//registry//'])
    assert.is(toStoragePrefix(text), '/registry/');
  assert.is(toStoragePrefix('a/b'), '/a/b/');
  assert.is(toStoragePrefix(''), '/');
  assert.equal(parseStorageKey('/a/b/secrets/test/x', ['/a/b/']), {
    prefix: '/a/b/',
    resource: 'secrets',
    namespace: 'test',
    name: 'x',
  });
});

test('a name with a slash makes no other key', () => {
  const place = { prefix: '/registry/', resource: 'secrets', namespace: 'test', name: 'x' };
  throws(() => toStorageKey({ ...place, name: '../kube-system/x' }), { code: 'ERR_INVALID_ARG_VALUE', option: 'name' });
  throws(() => toStorageKey({ ...place, namespace: '' }), { code: 'ERR_INVALID_ARG_VALUE', option: 'namespace' });
  throws(() => toStorageKey({ ...place, resource: 'a/b' }), { code: 'ERR_INVALID_ARG_VALUE', option: 'resource' });
});

const words: [word: string, resource: string][] = [
  ['Secret', 'secrets'],
  ['secrets', 'secrets'],
  ['po', 'pods'],
  ['cm', 'configmaps'],
  ['deployment', 'deployments.apps'],
  ['deploy', 'deployments.apps'],
  ['Deployment.apps', 'deployments.apps'],
  ['NetworkPolicy', 'networkpolicies.networking.k8s.io'],
  ['Ingress', 'ingresses.networking.k8s.io'],
  ['endpoints', 'endpoints'],
  ['StorageClass', 'storageclasses.storage.k8s.io'],
  ['widget.example.com', 'widgets.example.com'],
  ['constructor', 'constructors'],
];
for (const [word, resource] of words) {
  test(`${word} means ${resource}`, () => assert.is(toResource(word), resource));
}

test.run();
