import * as assert from 'uvu/assert';
import { resourceOf } from '../../lib/etcd/resource.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('etcd: resources');

const keys: [key: string, name: string, directory: string][] = [
  ['/registry/secrets/test/mysecret', 'secrets', '/registry/secrets/'],
  ['/kubernetes.io/pods/test/a', 'pods', '/kubernetes.io/pods/'],
  ['/registry/minions/node-1', 'nodes', '/registry/minions/'],
  ['/registry/services/specs/default/kubernetes', 'services', '/registry/services/specs/'],
  ['/registry/services/endpoints/default/kubernetes', 'endpoints', '/registry/services/endpoints/'],
  [
    '/registry/stable.example.com/crontabs/test/a',
    'crontabs.stable.example.com',
    '/registry/stable.example.com/crontabs/',
  ],
  ['/registry/ingress/test/a', 'ingresses', '/registry/ingress/'],
  ['/registry/constructor/test/a', 'constructor', '/registry/constructor/'],
  ['/registry/health', 'registry', '/registry/'],
  ['/bootstrap/0123', 'bootstrap', '/bootstrap/'],
  ['/single', 'single', '/single'],
  ['compact_rev_key', 'compact_rev_key', 'compact_rev_key'],
  ['a/b/c', 'a', 'a/'],
  ['/', '', '/'],
  ['/registry/', 'registry', '/registry'],
];
for (const [key, name, directory] of keys) {
  test(`'${key}' is of '${name}'`, () => {
    assert.equal(resourceOf(key), { name, directory });
    assert.ok(key.startsWith(directory));
  });
}

test.run();
