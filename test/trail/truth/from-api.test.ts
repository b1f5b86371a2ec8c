import * as assert from 'uvu/assert';
import { type ApiClient, openApi } from '../../../lib/kube/api/client.ts';
import { readClusterFromApi } from '../../../lib/trail/truth/cluster-from-api.ts';
import { readSecretFromApi } from '../../../lib/trail/truth/from-api.ts';
import { ApiServer, apiServerMissing } from '../../helpers/api-server.ts';
import { captured } from '../../helpers/captured.ts';
import { ownedObject, ownerOf, podObject, secretObject } from '../../helpers/cluster-objects.ts';
import { findingCodes, isWiped, versionLines } from '../../helpers/known.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('trail: the truth of the API');
const skip = apiServerMissing();
const NAMESPACE = '/api/v1/namespaces/test';
const name = { namespace: 'test', name: 'mysecret' };
let server: ApiServer;
let api: ApiClient;

test.before.each(async () => {
  server = await ApiServer.start();
  api = await openApi(server.connection);
});
test.after.each(async () => {
  api[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

test(
  'is what a Secret holds now, and what kubectl apply wrote before it was changed',
  async () => {
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, captured.printed.secret);
    const known = await readSecretFromApi(api, name);
    assert.equal(versionLines(known), [
      'api - caz=baz foo=bar kubectl-client-side-apply',
      'api 212 caz=baz foo=new rotator current',
    ]);
    assert.equal([known.uid, known.complete], [captured.printed.secret.metadata['uid'], false]);
    assert.is(known.keyTimes.get('foo')?.toISOString(), '2026-11-25T09:23:14.000Z');
    known[Symbol.dispose]();
    assert.ok(isWiped(known));
  },
  { skip },
);

test(
  'says that there is no such Secret, that it may not be read, or that it is none',
  async () => {
    await rejects(readSecretFromApi(api, name), {
      code: 'ERR_TARGET_UNKNOWN',
      message: /no Secret test\/mysecret in the API/,
    });
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, 403);
    await rejects(readSecretFromApi(api, name), { code: 'ERR_API_DENIED', message: /403/ });
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, { kind: 'Status', apiVersion: 'v1', data: 's3cret' });
    const error = await rejects(readSecretFromApi(api, name), { code: 'ERR_RECORD_MALFORMED' });
    assert.not.match(error.message, 's3cret');
  },
  { skip },
);

test(
  'asks for no other path, whatever a Secret is called',
  async () => {
    for (const odd of ['..', '../pods', 'a/b', 'a%2fb']) {
      await rejects(readSecretFromApi(api, { namespace: 'test', name: odd }), { code: 'ERR_TARGET_UNKNOWN' });
    }
    assert.equal(server.asked, []);
  },
  { skip },
);

/** As kube-apiserver lists: what is listed says nothing of its kind. */
function withoutKind(object: object): object {
  const { apiVersion: _, kind: __, ...rest } = object as Record<string, unknown>;
  return rest;
}

test(
  'tells the pods of a node page by page, and asks for what they use one by one',
  async () => {
    const owner = ownerOf('apps/v1', 'ReplicaSet', 'payments-1');
    const pages = [
      { metadata: { continue: 'more' }, items: [withoutKind(podObject('one', { uid: '1', owner }))] },
      { metadata: {}, items: [withoutKind(podObject('two', { uid: '2' }))] },
    ];
    server.objects.set('/api/v1/pods', (request, response) => {
      response.end(JSON.stringify(pages[request.url?.includes('continue=more') === true ? 1 : 0]));
    });
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, secretObject('mysecret', { foo: 'bar' }));
    const replicaSet = ownedObject('apps/v1', 'ReplicaSet', 'payments-1', ownerOf('apps/v1', 'Deployment', 'payments'));
    server.objects.set('/apis/apps/v1/namespaces/test/replicasets/payments-1', replicaSet);
    using view = await readClusterFromApi(api, 'node-1');
    assert.equal(
      view.pods.map((pod) => [pod.metadata.name, view.ownerOf(pod)]),
      [
        ['one', 'deployment/payments'],
        ['two', null],
      ],
    );
    assert.is(`${view.valuesOf('secret', 'test', 'mysecret')?.get('foo')}`, 'bar');
    assert.equal([view.source, findingCodes(view)], ['api', []]);
    assert.match(server.asked[0] ?? '', /^\/api\/v1\/pods\?fieldSelector=spec.nodeName%3Dnode-1&limit=250$/);
    assert.is(server.asked.filter((path) => path.includes('secrets')).length, 1);
  },
  { skip },
);

test(
  'what kubelet may not read is not known, and the ReplicaSet is the owner',
  async () => {
    const owners = [1, 2, 3].map((number) => ownerOf('apps/v1', 'ReplicaSet', `payments-${number}`));
    const items = owners.map((owner, i) => podObject(`pod-${i}`, { uid: `${i}`, owner }));
    server.objects.set('/api/v1/pods', { items });
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, 403);
    for (const number of [1, 2, 3])
      server.objects.set(`/apis/apps/v1/namespaces/test/replicasets/payments-${number}`, 403);
    const view = await readClusterFromApi(api, 'node-1');
    assert.equal(
      view.pods.map((pod) => view.ownerOf(pod)),
      ['replicaset/payments-1', 'replicaset/payments-2', 'replicaset/payments-3'],
    );
    assert.is(view.valuesOf('secret', 'test', 'mysecret'), undefined);
    assert.equal(findingCodes(view), ['unread-object', 'unknown-owner']);
  },
  { skip },
);

test(
  'a server that is gone in the middle is an error',
  async () => {
    server.objects.set('/api/v1/pods', { items: [podObject('one', { uid: '1' })] });
    server.objects.set(`${NAMESPACE}/secrets/mysecret`, (_request, response) => void response.destroy());
    await rejects(readClusterFromApi(api, 'node-1'), { code: 'ERR_API_UNREACHABLE' });
  },
  { skip },
);

test.run();
