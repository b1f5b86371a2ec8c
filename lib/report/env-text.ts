import { environmentLayers, type EnvironmentLayers } from '../drift/layers.ts';
import type { ProcessEnvironment } from '../environ.ts';
import type { BundleEnvironment } from '../kube/bundle-environment.ts';
import { containerText } from './container-text.ts';
import type { Disclosure } from './entry.ts';
import type { EnvironmentContext } from './env-json.ts';
import { envTable } from './env-table.ts';
import { printable } from './printable.ts';
import { readersText } from './readers-text.ts';
import { count, type Style } from './style.ts';

function describeBundle(bundle: BundleEnvironment, style: Style): string {
  const { state, reason, path, entries, truncated } = bundle;
  const doubtful = state === 'unknown' || state === 'unreadable';
  const shown = doubtful ? style('yellow', state) : state.replace('-', ' ');
  const size = path === null ? '' : `, ${count(entries.length, 'variable')}`;
  const cut = truncated ? ', truncated' : '';
  const why = reason === null ? '' : ` (${printable(reason)})`;
  return `${style('bold', 'bundle')}   ${shown}${size}${cut}${why}${path === null ? '' : `; ${printable(path)}`}`;
}

function describeInitial(initial: NonNullable<ProcessEnvironment['initial']>, style: Style): string {
  const why = initial.reason === null ? '' : ` (${initial.reason})`;
  const cut = initial.truncated ? ', truncated' : '';
  return `${style('bold', 'initial')}  ${initial.state}, ${count(initial.length, 'variable')}${cut}${why}`;
}

function placeOf({ address, region, runtime, locator }: NonNullable<ProcessEnvironment['live']>): string {
  if (address === null) return '';
  const vector = address === 0n ? 'no vector' : `vector at 0x${address.toString(16)} in ${printable(region ?? '?')}`;
  return `; ${runtime} by ${locator}, ${vector}`;
}

function describeLive(live: NonNullable<ProcessEnvironment['live']>, style: Style): string[] {
  const state = live.state === 'ok' ? `ok, ${count(live.length, 'variable')}` : style('yellow', live.state);
  const why = live.reason === null ? '' : ` (${printable(live.reason)})`;
  const cut = live.truncated ? ', truncated' : '';
  const lines = [`${style('bold', 'live')}     ${state}${cut}${why}${placeOf(live)}`];
  if (live.caveat !== null) lines.push(`         ${live.caveat}`);
  return lines;
}

const KINDS = ['added', 'changed', 'cut', 'removed'] as const;

/** `1 added, 2 removed`. */
function summarize(changes: readonly { readonly change: (typeof KINDS)[number] }[]): string {
  const of = (kind: string): number => changes.filter(({ change }) => change === kind).length;
  const parts = KINDS.filter((kind) => of(kind) > 0).map((kind) => `${of(kind)} ${kind}`);
  return parts.join(', ');
}

function describeStart(start: NonNullable<EnvironmentLayers['start']>): string {
  if (start.length === 0) return 'It was started with what the bundle says.';
  const byRuntime = start.filter(({ by }) => by === 'runtime').map(({ name }) => printable(name));
  const others = start.length - byRuntime.length;
  const parts = [
    ...(byRuntime.length > 0 ? [`${byRuntime.join(' and ')} by the runtime`] : []),
    ...(others > 0 ? [`${others} by a hook, a plugin of the runtime, or a program that ran before`] : []),
  ];
  return `Between bundle and start: ${summarize(start)} (${parts.join('; ')}).`;
}

function describeRun(run: EnvironmentLayers['run']): string {
  if (run === null) return 'What has changed since the start cannot be told.';
  if (run.length === 0) return 'Nothing has changed since the start.';
  return `Since the start: ${summarize(run)}.`;
}

function verdicts({ initial, live }: ProcessEnvironment, layers: EnvironmentLayers): string[] {
  const start = initial === null || layers.bundle === null;
  return [
    ...(start
      ? []
      : [
          layers.start === null
            ? 'What was changed between the bundle and the start cannot be told.'
            : describeStart(layers.start),
        ]),
    ...(initial && live ? [describeRun(layers.run)] : []),
  ];
}

/** Of what is in no container, and was not asked for alone, there is no bundle to speak of. */
function isWorthALine({ initial, live }: ProcessEnvironment, { state, identity }: BundleEnvironment): boolean {
  return state !== 'none' || identity.containerId !== null || (initial === null && live === null);
}

/** What `podprobe env` prints for people: lines without line ends. */
export function envText(
  environment: ProcessEnvironment,
  disclosure: Disclosure,
  style: Style,
  { identity = null, bundle = null, origins, readers = null }: EnvironmentContext = {},
): string[] {
  const { process, initial, live } = environment;
  const layers = environmentLayers(bundle, environment, origins);
  const lines = [
    `${style('bold', `process ${process.pid}`)} (${printable(process.comm)})  ${printable(process.exe ?? 'its executable may not be read')}`,
  ];
  if (identity !== null) lines.push(...containerText(identity, style));
  if (bundle !== null && isWorthALine(environment, bundle)) lines.push(describeBundle(bundle, style));
  if (initial) lines.push(describeInitial(initial, style));
  if (live) lines.push(...describeLive(live, style));
  const table = envTable(environment, layers, disclosure, style);
  if (table.length > 0) lines.push('', ...table);
  const words = verdicts(environment, layers);
  if (words.length > 0) lines.push('', ...words);
  if (readers !== null) lines.push('', ...readersText(readers, style));
  return lines;
}
