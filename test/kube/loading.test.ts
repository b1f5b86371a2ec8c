import * as assert from 'uvu/assert';
import { loadedBy } from '../helpers/imports.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: what is loaded');

const heavy = (path: string): boolean =>
  /^(?:@bufbuild|@connectrpc|yaml|node:http2)/.test(path) || /\/cri\//.test(path);

test('neither the library nor its command loads gRPC or YAML', () => {
  const loaded = [...loadedBy('lib/index.ts', 'lib/cli/main.ts', 'lib/cli/env.ts')];
  for (const needed of ['lib/kube/cri.ts', 'lib/document/yaml.ts', 'bindings'])
    assert.ok(loaded.includes(needed), needed);
  assert.equal(loaded.filter(heavy), []);
});

test('a connection to a runtime does', () => {
  const loaded = [...loadedBy('lib/kube/cri/connection.ts')];
  for (const needed of ['@connectrpc/connect', '@connectrpc/connect-node', 'lib/kube/cri/v1_pb.ts']) {
    assert.ok(loaded.includes(needed), needed);
  }
});

test.run();
