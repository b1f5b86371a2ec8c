import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findOwners, parseTcpListeners, parseUnixListeners, readListeners } from '../../../lib/kube/etcd/listeners.ts';
import { listProcesses } from '../../../lib/processes.ts';
import { suite } from '../../helpers/suite.ts';

const test = suite('kube: who listens');

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, state: string, inode: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;

test('reads addresses of both families, and only sockets that listen', () => {
  const text =
    HEAD +
    row('0100007F:094B', '0A', '4711') +
    row('0100007F:094C', '01', '4712') +
    row('00000000000000000000000001000000:3039', '0A', '4713') +
    row('00000000000000000000000000000000:0050', '0A', '4714') +
    row('0000000000000000FFFF00000100007F:0051', '0A', '4715');
  assert.equal(
    parseTcpListeners(text).map(({ address, port, inode }) => `${address} ${port} ${inode}`),
    ['127.0.0.1 2379 4711', '::1 12345 4713', ':: 80 4714', '::ffff:7f00:1 81 4715'],
  );
});

test('reads paths of unix sockets, with spaces, and only of those that listen', () => {
  const text =
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/a b.sock\n' +
    '0000000000000000: 00000003 00000000 00000000 0001 03 4712 /run/connected.sock\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 4713 @abstract\n' +
    '0000000000000000: 00000003 00000000 00000000 0001 03 4714\n';
  assert.equal(parseUnixListeners(text), [{ address: '/run/a b.sock', port: 0, inode: 4711 }]);
});

test('what is no table has no sockets', () => {
  for (const text of ['', 'x', HEAD, `${HEAD}${'a '.repeat(1000)}\n`, HEAD + row('0100007F', '0A', '1')]) {
    assert.equal([parseTcpListeners(text), parseUnixListeners(text)], [[], []]);
  }
});

async function listening(server: Server, ...where: [number, string] | [string]): Promise<Server> {
  (server.listen as (...args: unknown[]) => Server)(...where);
  await once(server, 'listening');
  return server;
}

test('finds this process by its sockets, as ss does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-listen-'));
  const path = join(folder, 'kine.sock');
  const tcp = await listening(createServer(), 0, '127.0.0.1');
  const unix = await listening(createServer(), path);
  try {
    const { port } = tcp.address() as { port: number };
    const wanted = (await readListeners(process.pid)).filter((one) => one.port === port || one.address === path);
    const owners = await findOwners(wanted, await listProcesses());
    assert.equal(
      owners.map((one) => [one.address, one.port, one.pid]),
      [
        ['127.0.0.1', port, process.pid],
        [path, 0, process.pid],
      ],
    );
    assert.equal(
      (await findOwners(wanted, [])).map(({ pid }) => pid),
      [null, null],
    );
    // no more descriptors than it may
    assert.equal(
      (await findOwners(wanted, await listProcesses(), 1)).map(({ pid }) => pid),
      [null, null],
    );
  } finally {
    tcp.close();
    unix.close();
    rmSync(folder, { recursive: true });
  }
});

test.run();
