import { watchAllSecretVolumes, watchSecretVolume, watchSecretVolumesOf } from '../../lib/index.ts';
import { rejects, throws } from '../helpers/rejects.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('watch: arguments that cannot be used');

const targets: Record<string, [target: unknown, option: string]> = {
  nothing: [undefined, 'path'],
  'a number': [4242, 'path'],
  'an empty path': ['', 'path'],
  'a NUL': ['/a\0b', 'path'],
  'a process without a path': [{ process: 1 }, 'path'],
  'a path in a process that is not absolute': [{ process: 1, path: 'a' }, 'path'],
  'no process': [{ process: 0, path: '/a' }, 'pid'],
};

for (const [what, [target, option]] of Object.entries(targets)) {
  test(what, () => {
    throws(() => watchSecretVolume(target as string), { code: 'ERR_INVALID_ARG_VALUE', option });
  });
}

test('a timeout, a signal, a process', async () => {
  for (const [options, option] of [
    [{ timeout: 0 }, 'timeout'],
    [{ signal: 1 }, 'signal'],
    [null, 'options'],
  ] as const) {
    throws(() => watchSecretVolume('/a', options as object), { option });
    throws(() => watchSecretVolumesOf(1, options as object), { option });
    throws(() => watchAllSecretVolumes(options as object), { option });
  }
  await rejects(watchSecretVolumesOf(0).next(), { option: 'pid' });
});

test.run();
