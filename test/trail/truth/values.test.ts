import * as assert from 'uvu/assert';
import type { KnownSecret } from '../../../lib/trail/known-secret.ts';
import { readSecretFromManifest } from '../../../lib/trail/truth/from-manifest.ts';
import { knownValues, mergeKnown } from '../../../lib/trail/truth/values.ts';
import { isWiped, versionLines } from '../../helpers/known.ts';
import { throws } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: values that are known');
const name = { namespace: 'test', name: 'mysecret' };

function truth(data: object = { foo: 'new', caz: 'baz' }): Promise<KnownSecret> {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: name, stringData: data });
  return readSecretFromManifest({ text: Buffer.from(text), name: 'it' });
}

function values(data: Record<string, string>, of: typeof name | null = name): KnownSecret {
  return knownValues(new Map(Object.entries(data).map(([key, text]) => [key, Buffer.from(text)])), of);
}

test('are one version, which is not current', () => {
  const known = values({ foo: 'leaked' });
  assert.equal([versionLines(known), known.complete], [['values - foo=leaked -'], false]);
});

test('need no Secret', () => {
  const { namespace, name: unknown } = values({ foo: 'leaked' }, null);
  assert.equal([namespace, unknown], ['', '']);
});

test('none is refused', () => {
  throws(() => values({}), { code: 'ERR_INVALID_ARG_VALUE', option: 'values' });
});

test('become an older version of what is known', async () => {
  const merged = mergeKnown(await truth(), values({ foo: 'leaked' }));
  assert.equal(versionLines(merged), ['values - foo=leaked -', 'manifest - foo=new caz=baz - current']);
  assert.equal([merged.namespace, merged.name], ['test', 'mysecret']);
});

test('that are known already are not added; under another key they are', async () => {
  const merged = mergeKnown(await truth(), values({ foo: 'new', caz: 'new' }));
  assert.equal(versionLines(merged), ['values - caz=new -', 'manifest - foo=new caz=baz - current']);
  assert.is(mergeKnown(await truth(), values({ foo: 'new' })).versions.length, 1);
});

test('that are current, or of a key that the Secret does not have, are told', async () => {
  const merged = mergeKnown(await truth(), values({ foo: 'new', caz: 'old', Foo: 'x' }));
  assert.equal(
    merged.findings.map(({ code, message }) => [code, /'(.*)'/.exec(message)?.[1]]),
    [
      ['given-value-is-current', 'foo'],
      ['given-key-unknown', 'Foo'],
    ],
  );
});

test('what was current of an older source is not', async () => {
  const merged = mergeKnown(await truth(), await truth({ foo: 'bar' }));
  assert.equal(versionLines(merged), ['manifest - foo=bar -', 'manifest - foo=new caz=baz - current']);
});

test('of another Secret are refused', async () => {
  const [one, other] = [await truth(), values({ foo: 'x' }, { namespace: 'prod', name: 'mysecret' })];
  throws(() => mergeKnown(one, other), { code: 'ERR_INVALID_ARG_VALUE', message: /test\/mysecret, and is of prod/ });
});

test('are overwritten with what they were merged with, those that were not added too', async () => {
  const [one, other] = [await truth(), values({ foo: 'new' })];
  mergeKnown(one, other)[Symbol.dispose]();
  assert.ok(isWiped(one) && isWiped(other));
});

test.run();
