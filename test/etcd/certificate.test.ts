import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isSignedBy, matchesKey, readCertificates } from '../../lib/index.ts';
import { Authority } from '../helpers/certificates.ts';
import { suite } from '../helpers/suite.ts';
import { missing } from '../helpers/toolchain.ts';

const test = suite('etcd: certificates');
const skip = missing(['openssl']);
const bytes = (text: string): Buffer => Buffer.from(text);
let folder = '';

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'podprobe-certificate-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test(
  'tells whose it is, by whom, for what and until when',
  () => {
    const authority = new Authority(folder, 'ca');
    const { cert } = authority.issue('server', {
      purpose: 'serverAuth',
      names: 'IP:127.0.0.1,DNS:etcd.local',
      days: 1,
    });
    const [one, ...others] = readCertificates(bytes(cert));
    assert.equal([one?.subject, one?.issuer, others], ['CN=server', 'CN=ca', []]);
    assert.equal(
      [one?.names, one?.usages, one?.selfIssued],
      [['IP Address:127.0.0.1', 'DNS:etcd.local'], ['server'], false],
    );
    const days = (Number(one?.notAfter) - Date.now()) / 86_400_000;
    assert.ok(days > 0.9 && days <= 1, `${days} days`);
    const [ca] = readCertificates(bytes(authority.pem));
    assert.equal([ca?.selfIssued, ca?.usages], [true, null]);
  },
  { skip },
);

test(
  'tells its key and its authority from others',
  () => {
    const [authority, other] = [new Authority(folder, 'one'), new Authority(folder, 'two')];
    const own = authority.issue('a', { purpose: 'clientAuth' });
    const foreign = other.issue('a', { purpose: 'clientAuth' });
    assert.is(matchesKey(bytes(own.cert), bytes(own.key)), true);
    assert.is(matchesKey(bytes(own.cert), bytes(foreign.key)), false);
    assert.is(matchesKey(bytes(own.cert), bytes('no key')), null);
    assert.is(isSignedBy(bytes(own.cert), bytes(other.pem + authority.pem)), true);
    assert.is(isSignedBy(bytes(own.cert), bytes(other.pem)), false);
    assert.is(isSignedBy(bytes(own.cert), bytes('none')), null);
  },
  { skip },
);

test('what is damaged, empty or too large is no certificate', () => {
  const block = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  for (const text of ['', 'x', block, block.repeat(1000), `${'x'.repeat(2 ** 20)}${block}`]) {
    assert.equal(readCertificates(bytes(text)), []);
    assert.is(matchesKey(bytes(text), bytes(text)), null);
  }
});

test.run();
