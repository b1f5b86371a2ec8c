import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openCri } from '../../lib/index.ts';
import {
  ContainerStatusResponseSchema,
  ListPodSandboxResponseSchema,
  RuntimeConfigResponseSchema,
  VersionResponseSchema,
} from '../../lib/kube/cri/v1_pb.ts';
import { type Answer, CriServer, end, frame, reply } from '../helpers/cri-server.ts';
import { rejects } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';
import { eventually } from '../helpers/threads.ts';

const test = suite('kube: the interface of container runtimes');

const isVersion = (method: string): boolean => method.endsWith('/Version');

/** Answers the greeting, and leaves the rest to `answer`. */
function greeting(answer: Answer): Answer {
  return (stream, method) => {
    if (isVersion(method)) reply(stream, VersionResponseSchema, { runtimeName: 'made', runtimeVersion: '1' });
    else answer(stream, method);
  };
}

test('speaks v1, and asks nothing else when it is opened', async () => {
  await using server = await CriServer.start(greeting(() => undefined));
  await using cri = await openCri(`unix://${server.socket}`);
  assert.equal([cri.version, cri.runtimeName, cri.runtimeVersion, cri.path], ['v1', 'made', '1', server.socket]);
  assert.equal(server.methods, ['/runtime.v1.RuntimeService/Version']);
});

test('speaks v1alpha2 with a runtime that does not know v1', async () => {
  await using server = await CriServer.start((stream, method) => {
    if (!method.startsWith('/runtime.v1alpha2.')) return end(stream, Buffer.alloc(0), 12, 'unknown service');
    if (isVersion(method)) return reply(stream, VersionResponseSchema, { runtimeName: 'old' });
    reply(stream, ListPodSandboxResponseSchema, { items: [{ id: 'a', metadata: { name: 'p', uid: 'u' }, state: 7 }] });
  });
  await using cri = await openCri(server.socket);
  const [sandbox] = await cri.listSandboxes({ podUid: 'u' });
  assert.equal([cri.version, sandbox?.podName, sandbox?.state], ['v1alpha2', 'p', 'unknown']);
  const names = [
    'v1.RuntimeService/Version',
    'v1alpha2.RuntimeService/Version',
    'v1alpha2.RuntimeService/ListPodSandbox',
  ];
  assert.equal(
    server.methods,
    names.map((name) => `/runtime.${name}`),
  );
});

test('reads what a runtime that uses systemd says of control groups', async () => {
  await using server = await CriServer.start(
    greeting((stream) => reply(stream, RuntimeConfigResponseSchema, { linux: { cgroupDriver: 0 } })),
  );
  await using cri = await openCri(server.socket);
  assert.is(await cri.cgroupDriver(), 'systemd');
});

test('a container that the runtime does not know is an error of its own', async () => {
  await using server = await CriServer.start(
    greeting((stream) => end(stream, Buffer.alloc(0), 5, 'no%0A\x1b[31msuch')),
  );
  await using cri = await openCri(server.socket);
  const error = await rejects(cri.containerStatus('0123'), { name: 'CriError', code: 'NOT_FOUND' });
  assert.match(error.message, /^NOT_FOUND: .*ContainerStatus '\//);
  // eslint-disable-next-line no-control-regex
  assert.not.match(error.message, /[\x00-\x1f]/);
});

test('a status without a container is null', async () => {
  await using server = await CriServer.start(greeting((stream) => reply(stream, ContainerStatusResponseSchema, {})));
  await using cri = await openCri(server.socket);
  assert.is(await cri.containerStatus('0123', { verbose: true }), null);
});

test('a server that does not answer costs the timeout, or as long as the caller likes', async () => {
  await using server = await CriServer.start(greeting(() => undefined));
  await using cri = await openCri(server.socket);
  await rejects(cri.listContainers({ timeout: 50 }), { code: 'ETIMEDOUT', path: server.socket });
  const gone = new Error('no longer wanted');
  const aborting = new AbortController();
  const list = cri.listContainers({ signal: aborting.signal, timeout: 60_000 });
  aborting.abort(gone);
  await rejects(list, { message: /no longer wanted/ });
  await rejects(cri.listContainers({ signal: AbortSignal.abort(gone) }), { message: /no longer wanted/ });
});

test('a socket on which nobody speaks gRPC is an error in time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-cri-'));
  const path = join(folder, 'sock');
  const silent = createServer((socket) => void socket.on('error', () => undefined)).listen(path);
  await once(silent, 'listening');
  try {
    await rejects(openCri(path, { timeout: 100 }), { code: 'ETIMEDOUT' });
  } finally {
    silent.close();
    rmSync(folder, { recursive: true });
  }
});

test('an answer of more than 16 MiB is refused before it is read', async () => {
  await using server = await CriServer.start(greeting((stream) => end(stream, frame(Buffer.alloc(64), 2 ** 24 + 1))));
  await using cri = await openCri(server.socket);
  await rejects(cri.listSandboxes(), { code: 'RESOURCE_EXHAUSTED' });
});

test('an answer that never ends is cut by the timeout', async () => {
  await using server = await CriServer.start(
    greeting((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
      stream.write(frame(Buffer.alloc(1), 1000));
    }),
  );
  await using cri = await openCri(server.socket);
  await rejects(cri.listSandboxes({ timeout: 100 }), { code: 'ETIMEDOUT' });
});

const broken: [what: string, answer: Answer][] = [
  ['bytes that are no message', (stream) => end(stream, frame(Buffer.from([0x0a, 0xff, 0xff])))],
  ['half a frame', (stream) => end(stream, frame(Buffer.from([1]), 9))],
  ['a page of HTML', (stream) => (stream.respond({ ':status': 404, 'content-type': 'text/html' }), stream.end('<p>'))],
  ['a stream that breaks off', (stream) => stream.close(2)],
  ['compressed bytes that were not asked for', (stream) => end(stream, Buffer.from([1, 0, 0, 0, 1, 0]))],
];
for (const [what, answer] of broken) {
  test(`${what}: an error, and the next call goes on`, async () => {
    let first = true;
    await using server = await CriServer.start(
      greeting((stream, method) => {
        if (first) answer(stream, method);
        else reply(stream, ListPodSandboxResponseSchema, {});
        first = false;
      }),
    );
    await using cri = await openCri(server.socket);
    await rejects(cri.listSandboxes(), { name: 'CriError' });
    assert.equal(await cri.listSandboxes(), []);
  });
}

test('closing ends the connection and the calls under way, and can be done twice', async () => {
  await using server = await CriServer.start(greeting(() => undefined));
  const cri = await openCri(server.socket);
  assert.is(server.connections, 1);
  const list = rejects(cri.listSandboxes({ timeout: 60_000 }), { name: 'CriError' });
  await eventually(
    () => server.methods.length === 2,
    () => 'the call has not come',
  );
  await cri.close();
  await cri.close();
  await list;
  await rejects(cri.listSandboxes(), { code: 'ERR_INVALID_ARG_VALUE', option: 'cri' });
  await eventually(
    () => server.connections === 0,
    () => 'the connection is still open',
  );
});

test('a socket that is not there, or is no endpoint, is said', async () => {
  await rejects(openCri('unix:///nonexistent/sock'), { code: 'ENOENT', path: '/nonexistent/sock' });
  for (const endpoint of ['tcp://127.0.0.1:1', 'http://x', 'sock', '', 'unix://', `/${'x'.repeat(200)}`]) {
    await rejects(openCri(endpoint), { code: 'ERR_INVALID_ARG_VALUE', option: 'endpoint' });
  }
});

test.run();
