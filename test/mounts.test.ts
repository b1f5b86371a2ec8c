import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import {
  findMount,
  type HostOptions,
  listHostSecretVolumes,
  listMounts,
  listSecretVolumes,
  openProcess,
  surveySecretVolumes,
  watchMounts,
} from '../lib/index.ts';
import { fieldsOf } from './helpers/mount-fields.ts';
import { mountTableOf } from './helpers/mount-table.ts';
import { rejects } from './helpers/rejects.ts';
import { suite } from './helpers/suite.ts';

const test = suite('mounts');

/** A mountinfo line parsed in the simplest way, for names without escapes. */
function parseLine(line: string) {
  const [front = '', back = ''] = line.split(' - ');
  const [mountId, parentMountId, device, root, mountPoint, options, ...optionalFields] = front.split(' ');
  const [fsType, source, superOptions] = back.split(' ');
  const ids = { mountId: Number(mountId), parentMountId: Number(parentMountId) };
  return { ...ids, device, root, mountPoint, options, optionalFields, fsType, source, superOptions };
}

test('lists the mounts of this process as its mountinfo does', async () => {
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').trimEnd().split('\n');
  const { mounts, length, source, malformed, truncated } = await listMounts(process.pid);
  assert.equal([length, source, malformed, truncated], [lines.length, 'mountinfo', 0, false]);
  const plain = lines.map(parseLine);
  plain.forEach((line, i) => {
    const mount = mounts[i];
    assert.ok(mount);
    if (!lines[i]?.includes('\\')) assert.equal(fieldsOf(mount), line);
  });
});

test('lists the same through a process that is held', async () => {
  await using held = await openProcess(process.pid);
  const [one, other] = await Promise.all([listMounts(held), listMounts(process.pid)]);
  assert.equal(one.mounts.map(fieldsOf), other.mounts.map(fieldsOf));
});

test('finds the mount of a file of this process', async () => {
  const { mounts } = await listMounts(process.pid);
  const proc = mounts.findLast(({ mountPoint }) => mountPoint.toString() === '/proc');
  assert.ok(proc);
  assert.equal(fieldsOf(await findMount(process.pid, '/proc/version')), fieldsOf(proc));
});

test('keeps every byte of options that are not UTF-8', () => {
  const table = mountTableOf([['/', '/\xff', 'rw', '', 'fuse.\xfe', '', 'rw,a=\xe9\\040']]);
  const [mount] = table.mounts;
  assert.ok(mount);
  assert.is(mount.superOptions, 'rw,a=\\351\\040');
  assert.is(mount.fsType, 'fuse.\\376');
  assert.is(mount.mountPoint.toString('latin1'), '/\xff');
  assert.equal(mount.optionalFields, []);
});

test('refuses arguments that cannot be used', async () => {
  const code = 'ERR_INVALID_ARG_VALUE';
  await rejects(listMounts(0), { code, option: 'pid' });
  await rejects(listMounts(1, { timeout: 0 }), { code, option: 'timeout' });
  await rejects(findMount(process.pid, ''), { code, option: 'path' });
  await rejects(findMount(process.pid, '/a\0b'), { code, option: 'path' });
  await rejects(findMount(process.pid, 7 as unknown as string), { code, option: 'path' });
  for (const host of [0, -1, 'x', {}]) {
    await rejects(listHostSecretVolumes({ host } as HostOptions), { code });
    await rejects(listSecretVolumes(process.pid, { host } as HostOptions), { code });
  }
  assert.throws(
    () => watchMounts(process.pid, { signal: 1 as unknown as AbortSignal }),
    (error: { option?: string }) => error.option === 'signal',
  );
});

test('says that there is no such process', async () => {
  const nobody = 2 ** 22 + 1;
  await rejects(listMounts(nobody), { code: 'ESRCH', pid: nobody });
  await rejects(surveySecretVolumes(nobody), { code: 'ESRCH' });
  await rejects(listHostSecretVolumes({ host: nobody }), { code: 'ESRCH' });
});

test('gives up when it is aborted', async () => {
  const signal = AbortSignal.abort();
  await rejects(listMounts(process.pid, { signal }), { name: 'AbortError' });
  await rejects(listSecretVolumes(process.pid, { signal }), { name: 'AbortError' });
});

test.run();
