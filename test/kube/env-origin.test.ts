import * as assert from 'uvu/assert';
import { attributeEnvironment, type CriContainerInfo } from '../../lib/index.ts';
import { readContainerInfo, readImageInfo } from '../../lib/kube/cri/info.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: who set a variable');

type Sent = Record<string, string> | null;

/** What a runtime says, as it says it. */
function infoOf(sent: Sent, env: readonly string[], terminal = false): CriContainerInfo {
  const envs = sent && Object.entries(sent).map(([key, value]) => ({ key, value }));
  const config = envs === null ? {} : { config: { envs } };
  return readContainerInfo({ info: JSON.stringify({ ...config, runtimeSpec: { process: { env, terminal } } }) });
}

function originsOf(info: CriContainerInfo, image: readonly string[] | null): string[] | undefined {
  return attributeEnvironment(info, image)?.map(({ name, origin }) => `${name ?? '(none)'} ${origin}`);
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

test('tells what kubelet sent from what image and runtime added', () => {
  const info = infoOf({ FOO: 'bar', EMPTY: '' }, [path, 'HOSTNAME=mypod', 'OF_IMAGE=1', 'FOO=bar', 'EMPTY=']);
  assert.equal(originsOf(info, ['OF_IMAGE=1']), [
    'PATH runtime',
    'HOSTNAME runtime',
    'OF_IMAGE image',
    'FOO pod',
    'EMPTY pod',
  ]);
});

test('a variable of both is the pod’s, and PATH that the image has is the image’s', () => {
  const info = infoOf({ BOTH: 'x' }, [path, 'BOTH=x']);
  assert.equal(originsOf(info, [path, 'BOTH=x']), ['PATH image', 'BOTH pod']);
});

test('a value that is neither what kubelet sent nor what the image has is of nobody', () => {
  const info = infoOf({ FOO: 'bar' }, ['FOO=other', 'OF_IMAGE=2', 'INJECTED=1', 'TERM=xterm', 'no equals']);
  assert.equal(originsOf(info, ['OF_IMAGE=1']), [
    'FOO unknown',
    'OF_IMAGE unknown',
    'INJECTED unknown',
    'TERM unknown',
    '(none) unknown',
  ]);
  assert.equal(originsOf(infoOf({}, ['TERM=xterm'], true), []), ['TERM runtime']);
});

test('without the image, and without what kubelet sent, nothing is guessed', () => {
  const env = ['HOSTNAME=a', 'OF_IMAGE=1', 'FOO=bar'];
  assert.equal(originsOf(infoOf({ FOO: 'bar' }, env), null), ['HOSTNAME unknown', 'OF_IMAGE unknown', 'FOO pod']);
  assert.equal(originsOf(infoOf(null, env), ['OF_IMAGE=1']), ['HOSTNAME unknown', 'OF_IMAGE image', 'FOO unknown']);
});

test('a value that came as bytes, shown in base64, is the pod’s', () => {
  assert.equal(originsOf(infoOf({ FOO: 'YmFy' }, ['FOO=bar']), []), ['FOO pod']);
});

test('keeps values as bytes, and the order', () => {
  const [first, second] = attributeEnvironment(infoOf({ B: '\u{1f511}=x' }, ['B=\u{1f511}=x', 'A=']), []) ?? [];
  assert.equal([first?.name?.toString(), first?.value], ['B', Buffer.from('\u{1f511}=x')]);
  assert.equal([second?.name?.toString(), second?.value.length], ['A', 0]);
});

test('what a runtime says in another form is null', () => {
  for (const info of [{}, { info: '' }, { info: '[]' }, { info: '{' }, { info: '{"pid": "x", "runtimeSpec": []}' }]) {
    const read = readContainerInfo(info);
    assert.equal(
      [read.pid, read.sandboxId, read.sent, read.environment, read.terminal],
      [null, null, null, null, null],
    );
    assert.is(attributeEnvironment(read), null);
    assert.is(readImageInfo(info), null);
  }
  const odd = { config: { envs: [1, { key: 2 }, { key: 'A' }] }, runtimeSpec: { process: { env: [1, 'A='] } } };
  assert.equal(originsOf(readContainerInfo({ info: JSON.stringify(odd) }), null), ['A pod']);
});

test.run();
