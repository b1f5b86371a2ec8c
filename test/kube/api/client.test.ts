import { once } from 'node:events';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { type ApiClient, type ApiConnection, openApi } from '../../../lib/kube/api/client.ts';
import { ApiServer, apiServerMissing } from '../../helpers/api-server.ts';
import { Authority } from '../../helpers/certificates.ts';
import { rejects } from '../../helpers/rejects.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('kube: a client of the API');
const skip = apiServerMissing();
const PATH = '/api/v1/namespaces/test/secrets/mysecret';
let server: ApiServer;

test.before(async () => {
  server = await ApiServer.start();
  server.objects.set(PATH, { kind: 'Secret' });
});
test.after(() => server[Symbol.asyncDispose]());

async function withClient<Value>(
  use: (client: ApiClient) => Promise<Value>,
  changes: Partial<ApiConnection> = {},
  options = {},
): Promise<Value> {
  using client = await openApi({ ...server.connection, ...changes }, options);
  return await use(client);
}

const getIt = (client: ApiClient): Promise<object | null> => client.get(PATH);

test(
  'gives an object of JSON, and null where there is none',
  async () => {
    await withClient(async (client) => {
      assert.equal(await client.get(PATH), { kind: 'Secret' });
      assert.is(await client.get('/api/v1/none'), null);
      await client.get(PATH, { query: { fieldSelector: 'spec.nodeName=node 1', limit: '2' } });
    });
    assert.is(server.asked.at(-1), `${PATH}?fieldSelector=spec.nodeName%3Dnode+1&limit=2`);
  },
  { skip },
);

test(
  'asks below the path that a server may have',
  async () => {
    server.objects.set('/k8s/clusters/c-1/version', { major: '1' });
    const get = (client: ApiClient): Promise<object | null> => client.get('/version');
    assert.equal(await withClient(get, { server: `${server.url}/k8s/clusters/c-1/` }), { major: '1' });
  },
  { skip },
);

test(
  'shows a token where there is no certificate',
  async () => {
    server.token = 'abc.def';
    const { server: url, ca } = server.connection;
    using client = await openApi({ server: url, ...(ca && { ca }), token: Buffer.from('abc.def\n') });
    assert.equal(await client.get(PATH), { kind: 'Secret' });
    using other = await openApi({ server: url, ...(ca && { ca }), token: Buffer.from('s3cret') });
    const error = await rejects(other.get(PATH), { code: 'ERR_API_DENIED', message: /401.*reason of 401/ });
    assert.not.match(error.message, 's3cret');
  },
  { skip },
);

test(
  'says why it is denied',
  async () => {
    server.objects.set('/denied', 403);
    const get = (client: ApiClient): Promise<object | null> => client.get('/denied');
    const error = await rejects(withClient(get), {
      code: 'ERR_API_DENIED',
      message: /denies \/denied \(403\): reason of 403/,
    });
    assert.equal([Reflect.get(error, 'status'), Reflect.get(error, 'server')], [403, server.url]);
  },
  { skip },
);

test(
  'does not take a certificate of another CA, or for another name',
  async () => {
    const other = new Authority(server.folder, 'other');
    const message = /signed by another authority than the CA that was given/;
    await rejects(withClient(getIt, { ca: Buffer.from(other.pem) }), { code: 'ERR_API_CERTIFICATE', message });
    const named = withClient(getIt, { serverName: 'kubernetes' });
    await rejects(named, { code: 'ERR_API_CERTIFICATE', message: /not for|127\.0\.0\.1/ });
    const before = server.asked.length;
    await rejects(withClient(getIt, { server: `https://localhost:${server.port}` }), { code: 'ERR_API_CERTIFICATE' });
    assert.is(server.asked.length, before, 'nothing was sent to it');
  },
  { skip },
);

test(
  'goes by the name that it was told',
  async () => {
    await using named = await ApiServer.start('DNS:kubernetes.default');
    const { connection } = named;
    await rejects(withClient(getIt, connection), { code: 'ERR_API_CERTIFICATE', message: /DNS:kubernetes\.default/ });
    assert.is(await withClient(getIt, { ...connection, serverName: 'kubernetes.default' }), null);
  },
  { skip },
);

test(
  'says that nobody listens, or speaks TLS',
  async () => {
    const plain = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('HTTP/1.1 400\r\n\r\n'),
    ).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as { port: number };
    const url = `https://127.0.0.1:${port}`;
    await rejects(withClient(getIt, { server: url }), { code: 'ERR_API_UNREACHABLE', message: /does not speak TLS/ });
    plain.close();
    await once(plain, 'close');
    await rejects(withClient(getIt, { server: url }), {
      code: 'ERR_API_UNREACHABLE',
      message: /nothing listens there/,
    });
  },
  { skip },
);

test(
  'gives up in time, and with the signal',
  async () => {
    server.objects.set('/never', () => undefined);
    server.objects.set('/half', (_request, response) => void response.writeHead(200).write('{'));
    for (const path of ['/never', '/half']) {
      const get = (client: ApiClient): Promise<object | null> => client.get(path);
      await rejects(withClient(get, {}, { timeout: 300 }), { code: 'ERR_API_TIMEOUT', message: /in 300 ms/ });
      const signal = AbortSignal.timeout(100);
      await rejects(
        withClient((client) => client.get(path, { signal })),
        { name: 'TimeoutError' },
      );
    }
    await rejects(withClient(getIt, {}, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  },
  { skip },
);

test(
  'an answer that is none is an error, and not shown',
  async () => {
    const answers: [path: string, text: string, message: RegExp][] = [
      ['/text', 's3cret', /no object of JSON/],
      ['/list', '["s3cret"]', /no object of JSON/],
      ['/large', `{"s3cret":"${'x'.repeat(2 ** 25)}"}`, /more than 33554432 bytes/],
    ];
    for (const [path, text, message] of answers) {
      server.objects.set(path, (_request, response) => void response.end(text));
      const error = await rejects(
        withClient((client) => client.get(path)),
        { code: 'ERR_API_ANSWER', message },
      );
      assert.not.match(error.message, 's3cret');
    }
    server.objects.set('/cut', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
    });
    await rejects(
      withClient((client) => client.get('/cut')),
      { code: 'ERR_API_ANSWER', message: /in the middle/ },
    );
  },
  { skip },
);

test(
  'follows no redirection',
  async () => {
    server.objects.set('/moved', (_request, response) => {
      response.writeHead(302, { location: `${server.url}${PATH}` }).end();
    });
    await rejects(
      withClient((client) => client.get('/moved')),
      { code: 'ERR_API_ANSWER', message: /302/ },
    );
  },
  { skip },
);

test(
  'what it cannot use is refused, and not shown',
  async () => {
    const { key } = server.connection;
    const wrong: [changes: Partial<ApiConnection>, option: string][] = [
      [{ server: 'http://127.0.0.1' }, 'server'],
      [{ server: 'https://me:s3cret@127.0.0.1' }, 'server'],
      [{ server: 's3cret' }, 'server'],
      [{ token: Buffer.from('s3cret\nx: y') }, 'token'],
      [{ cert: Buffer.from('s3cret') }, 'key'],
      [{ key: Buffer.from('s3cret') }, 'key'],
    ];
    for (const [changes, option] of wrong) {
      const error = await rejects(withClient(getIt, changes), { code: 'ERR_INVALID_ARG_VALUE', option });
      assert.not.match(error.message, 's3cret');
    }
    const half = openApi({ server: server.url, ...(key && { key }) });
    await rejects(half, { code: 'ERR_INVALID_ARG_VALUE', option: 'cert' });
  },
  { skip },
);

test.run();
