import * as assert from 'uvu/assert';
import { assertTrueOrRefused, type Live, readBounded, startHostile, texts, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('hostile vectors');
const skip = unfit();
const env = { FIRST: '1', SECOND: '2' };
const honest = ['HONEST=1', 'ALSO=two'];
const MOST_ENTRIES = 65_536;
const LONGEST_STRING = 1 << 20;
const MOST_BYTES = 8 << 20;

async function readVector(mode: string): Promise<Live> {
  await using target = await startHostile(['vectors', mode], { env });
  const { initial, live } = await readBounded(target.pid);
  assert.equal(initial?.state, 'intact');
  assert.equal(texts(initial), ['FIRST=1', 'SECOND=2']);
  assert.ok(live);
  return live;
}

function assertCut(live: Live): void {
  assert.ok(live.truncated, `state ${live.state} (${live.reason}) does not say that something is missing`);
  assert.ok(live.entries.length <= MOST_ENTRIES, `${live.entries.length} entries`);
}

function assertRefused(live: Live): void {
  assert.is.not(live.state, 'ok');
  assert.ok(live.reason, `${live.state} without a reason`);
}

test('cuts a vector that has no end', async () => assertCut(await readVector('cyclic')), { skip });

test('cuts a vector of 1 GiB', async () => assertCut(await readVector('gibibyte')), { skip });

for (const mode of ['unmapped', 'kernel-address']) {
  test(
    `gives no list for a vector at an address that is ${mode}`,
    async () => {
      const live = await readVector(mode);
      assertRefused(live);
      assert.equal(texts(live), []);
    },
    { skip },
  );
}

for (const mode of ['no-access', 'misaligned', 'misaligned-end']) {
  test(
    `gives the true list or none for a vector that is ${mode}`,
    async () => {
      assertTrueOrRefused(await readVector(mode), honest);
    },
    { skip },
  );
}

test(
  'does not call a vector good whose end is the end of the mapping',
  async () => {
    assertRefused(await readVector('unterminated'));
  },
  { skip },
);

test(
  'does not read one string of 256 MiB two hundred times',
  async () => {
    const live = await readVector('one-string');
    assertCut(live);
    for (const { value } of live.entries) assert.ok(value.length <= LONGEST_STRING, `a value of ${value.length} bytes`);
  },
  { skip },
);

test(
  'bounds the sum of two hundred strings that overlap',
  async () => {
    const live = await readVector('overlapping-strings');
    assertCut(live);
    const total = live.entries.reduce((sum, { value }) => sum + value.length, 0);
    assert.ok(total <= MOST_BYTES + LONGEST_STRING, `${total} bytes`);
  },
  { skip },
);

test(
  'does not call a string good that runs into the end of its mapping',
  async () => {
    const live = await readVector('unterminated-string');
    if (!live.truncated) assertRefused(live);
  },
  { skip },
);

test('says that entries point nowhere', async () => assertRefused(await readVector('bad-entries')), { skip });

test(
  'keeps entries without a name and repeated names, or says why not',
  async () => {
    assertTrueOrRefused(await readVector('nameless'), ['HONEST=1', 'no equals sign', '', '=empty name', 'HONEST=2']);
  },
  { skip },
);

test.run();
