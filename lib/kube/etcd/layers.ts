import { readEnvironment } from '../../environ.ts';
import { SystemError } from '../../errors.ts';
import type { WaitOptions } from '../../options.ts';
import type { Process } from '../../process.ts';
import { readArgsFile } from '../args-file.ts';
import type { FlagLayer } from '../flag-layer.ts';
import { type GoFlags, lastValue, parseGoFlags } from '../go-flags.ts';
import { type JsonObject, toObject } from '../../document/json.ts';
import { dashed } from '../k3s-config.ts';
import type { PathResolver } from '../path-resolver.ts';
import type { ProcessFiles } from '../process-files.ts';
import { LONGEST_YAML } from '../../document/yaml.ts';
import { type EtcdRole, type EtcdSource, valuedFlags } from './fact.ts';
import { layersOfK3s } from './k3s.ts';
import type { RecognizedProgram } from './program.ts';

/** Flags of a program that belongs to an etcd, from one place. */
export type EtcdLayer = FlagLayer<EtcdSource>;

/** What reads a program's files. */
export interface LayerReader {
  readonly process: Process;
  readonly files: ProcessFiles;
  readonly paths: PathResolver;
  readonly wait: WaitOptions;
}

const MOST_VALUES = 64;
const MOST_MEMBERS = 256;

function commandLine(words: readonly string[], role: EtcdRole, more: readonly string[] = []): EtcdLayer {
  const valued = new Set([...valuedFlags(role), ...more]);
  return { flags: parseGoFlags(words, valued), source: 'command line', path: null };
}

/** Members of an object as flags; a list is one of several values. */
function flagsOf(object: JsonObject): GoFlags {
  const members = Object.entries(object).slice(0, MOST_MEMBERS);
  const args = members.flatMap(([name, value]) => {
    const values = [value].flat().slice(0, MOST_VALUES);
    const simple = values.filter((one) => ['string', 'boolean', 'number'].includes(typeof one));
    return simple.map((one) => `${name}=${String(one)}`);
  });
  return parseGoFlags(dashed(args), new Set());
}

async function readConfig(path: string, files: ProcessFiles): Promise<JsonObject | null> {
  const bytes = await files.readNamed(path, LONGEST_YAML, 'it does not exist: a flag names it');
  return bytes === null ? null : files.parse(bytes, path);
}

/** The variables of one program as flags: `ETCD_DATA_DIR` is `--data-dir`. Of others nothing is kept: they hold secrets. */
async function readVariables(wanted: RegExp, { process, files, wait }: LayerReader): Promise<EtcdLayer[]> {
  try {
    const { initial } = await readEnvironment(process, { ...wait, live: false });
    const args = (initial?.entries ?? []).flatMap(({ name, value }) => {
      const [, rest] = wanted.exec(name?.toString() ?? '') ?? [];
      return rest === undefined ? [] : [`--${rest.toLowerCase().replaceAll('_', '-')}=${value.toString()}`];
    });
    initial?.wipe();
    return [{ flags: parseGoFlags(args, new Set()), source: 'environment', path: null }];
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === 'ESRCH') throw error;
    files.add('unreadable-environment', error.message);
    return [];
  }
}

/**
 * With a configuration etcd takes nothing from anywhere else.
 *
 * Source: etcd, server/etcdmain/config.go `parse`, server/embed/config.go `configYAML`.
 */
async function layersOfEtcd(words: readonly string[], reader: LayerReader): Promise<EtcdLayer[]> {
  const own = commandLine(words, 'etcd', ['config-file']);
  const variables = await readVariables(/^ETCD_([A-Z_]+)$/, reader);
  const file = [own, ...variables]
    .map(({ flags }) => lastValue(flags, 'config-file'))
    .find((value) => value !== null && value !== '');
  if (file === undefined || file === null) return [...variables, own];
  const path = reader.paths.resolve({ value: file })?.value;
  const config = path === undefined ? null : await readConfig(path, reader.files);
  if (config === null || path === undefined) return [];
  const all = { ...config, ...toObject(config['client-transport-security']) };
  return [{ flags: flagsOf(all), source: 'config file', path }];
}

/** Source: openshift, hack/lib and `apiServerArguments` of KubeAPIServerConfig; `storageConfig` before 4.6. */
async function layersOfApiserver(words: readonly string[], reader: LayerReader): Promise<EtcdLayer[]> {
  const own = commandLine(words, 'apiserver', ['openshift-config']);
  const file = lastValue(own.flags, 'openshift-config');
  const path = file === null ? undefined : reader.paths.resolve({ value: file })?.value;
  if (path === undefined) return [own];
  const config = await readConfig(path, reader.files);
  if (config === null) return [own];
  const storage = toObject(config['storageConfig']);
  const older = {
    'etcd-servers': storage['urls'],
    'etcd-cafile': storage['ca'],
    'etcd-certfile': storage['certFile'],
    'etcd-keyfile': storage['keyFile'],
  };
  const layer = (flags: GoFlags): EtcdLayer => ({ flags, source: 'config file', path });
  return [layer(flagsOf(older)), layer(flagsOf(toObject(config['apiServerArguments']))), own];
}

async function layersOfKubelite(words: readonly string[], reader: LayerReader): Promise<EtcdLayer[]> {
  const own = parseGoFlags(words, new Set(['apiserver-args-file']));
  const file = lastValue(own, 'apiserver-args-file');
  const path = file === null ? undefined : reader.paths.resolve({ value: file })?.value;
  const args = path === undefined ? null : await readArgsFile(path, reader.files);
  if (args === null || path === undefined) return [];
  return [{ flags: parseGoFlags(args, valuedFlags('apiserver')), source: 'args file', path }];
}

/** Reads what a program was told: on its command line, in its environment, and in the files that those name. */
export async function readLayers(recognized: RecognizedProgram, reader: LayerReader): Promise<EtcdLayer[]> {
  const { program, role, words } = recognized;
  if (program === 'etcd') return layersOfEtcd(words, reader);
  if (program === 'kubelite') return layersOfKubelite(words, reader);
  if (program === 'k3s' || program === 'rke2') {
    return layersOfK3s(program, words, await readVariables(/^K3S_(DATA_DIR|DATASTORE_[A-Z]+)$/, reader), reader.files);
  }
  return role === 'store' ? [commandLine(words, role)] : layersOfApiserver(words, reader);
}
