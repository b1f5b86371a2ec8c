import { Etcd } from '../test/helpers/etcd.ts';
import { type Floor, here } from './programs.ts';
import { Series } from './statistics.ts';
import { type Row, toRow } from './table.ts';

const ETCDCTL = 'etcdctl get --prefix --keys-only';
const PODPROBE = 'podprobe etcd keys';
const RESOURCES = ['configmaps', 'events', 'pods', 'secrets'];
const NAMESPACES = 100;
/** What etcd takes in one transaction unless it is told otherwise. */
const BATCH = 128;

/** How many keys there are, and how often they are listed. */
export interface EtcdPlan {
  readonly keys: number;
  readonly rounds: number;
}

function keyOf(i: number): string {
  const namespace = `namespace-${Math.floor(i / RESOURCES.length) % NAMESPACES}`;
  return `/registry/${RESOURCES[i % RESOURCES.length]}/${namespace}/some-name-7d9f8b6c5-${String(i).padStart(6, '0')}`;
}

/** By the JSON gateway of etcd. */
async function fill(endpoint: string, keys: number): Promise<void> {
  const value = Buffer.alloc(100, 'x').toString('base64');
  for (let from = 0; from < keys; from += BATCH) {
    const success = Array.from({ length: Math.min(BATCH, keys - from) }, (_, i) => ({
      requestPut: { key: Buffer.from(keyOf(from + i)).toString('base64'), value },
    }));
    const answer = await fetch(`${endpoint}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
    if (!answer.ok) throw new Error(`etcd does not take keys: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}

/** Whole processes that list all keys into a pipe. */
export async function benchEtcd(floor: Floor, { keys, rounds }: EtcdPlan): Promise<Row[]> {
  await using etcd = await Etcd.start({ args: ['--unsafe-no-fsync'] });
  await fill(etcd.endpoint, keys);
  const piped = (...command: string[]) => ['sh', '-c', `${command.join(' ')} | wc -l`];
  const ctl = piped('ETCDCTL_API=3', 'etcdctl', '--endpoints', etcd.endpoint, 'get', '/', '--prefix', '--keys-only');
  const own = piped(process.execPath, here('../dist/podprobe.cjs'), 'etcd', 'keys', '--endpoints', etcd.endpoint);
  const series = new Series();
  for (let round = -1; round < rounds; ++round) {
    const took = { [ETCDCTL]: await floor.run(ctl), [PODPROBE]: await floor.run(own) };
    if (round < 0) continue;
    for (const [what, time] of Object.entries(took)) series.add(what, [time]);
  }
  const group = `${keys} keys of etcd`;
  return [toRow(series, group, ETCDCTL), toRow(series, group, PODPROBE, [{ to: ETCDCTL, below: 1 }])];
}
