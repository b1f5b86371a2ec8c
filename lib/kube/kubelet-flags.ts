import { dirname } from 'node:path';
import { type JsonObject, toTexts } from '../document/json.ts';
import { LONGEST_YAML, parseYamlObject } from '../document/yaml.ts';
import { type GoFlags, lastValue, parseGoFlags } from './go-flags.ts';
import type { KubeletProgram } from './kubelet-process.ts';
import type { ProcessFiles } from './process-files.ts';

/** Who said something of kubelet; `assumed`: nobody, it is usually so. */
export type KubeletSource = 'command line' | 'args file' | 'config file' | 'mounts' | 'assumed';

/** Flags of kubelet that were given in one place. */
export interface FlagLayer {
  readonly flags: GoFlags;
  readonly source: KubeletSource;
  /** The file they are in, as kubelet sees it; null for the command line. */
  readonly path: string | null;
}

/** What kubelet was told by flags. */
export interface KubeletFlags {
  /** Of layers with the same flag the last counts. */
  readonly layers: readonly FlagLayer[];
  /** What the program takes where no flag says otherwise. */
  readonly defaults: {
    readonly rootDirectory: string;
    readonly configDirectory: string | null;
    readonly endpoint: string | null;
  };
}

const LONGEST_ARGS = 2 ** 18;
const MOST_FILES = 64;
const DEFAULTS = { rootDirectory: '/var/lib/kubelet', configDirectory: null, endpoint: null };

/** Those flags of kubelet of which something is made. */
const OF_KUBELET = new Set([
  'root-dir',
  'config',
  'config-dir',
  'kubeconfig',
  'bootstrap-kubeconfig',
  'container-runtime',
  'container-runtime-endpoint',
  'cgroup-driver',
  'cgroup-root',
  'hostname-override',
  'pod-manifest-path',
  'sync-frequency',
]);
const OF_KUBELITE = new Set(['kubelet-args-file']);
const OF_K3S = new Set(['config', 'c', 'data-dir', 'd', 'kubelet-arg', 'container-runtime-endpoint']);
const OF_K0S = new Set(['data-dir', 'kubelet-root-dir', 'kubelet-extra-args']);

function parseKubelet(args: readonly string[]): GoFlags {
  return parseGoFlags(args, OF_KUBELET);
}

/** Arguments that were given to another program for kubelet, with or without dashes. */
function dashed(args: readonly string[]): string[] {
  return args.map((arg) => `--${arg.replace(/^-+/, '')}`);
}

/** `/var/snap/microk8s/5372/args/kubelet` is in the SNAP_DATA of one revision of a snap. */
function snapVariables(path: string): ReadonlyMap<string, string> {
  const [, data, snap, revision] = /^(.*\/snap\/([^/]+)\/([^/]+))\/args\/[^/]+$/.exec(path) ?? [];
  if (data === undefined) return new Map();
  return new Map([
    ['SNAP_DATA', data],
    ['SNAP_COMMON', `${dirname(data)}/common`],
    ['SNAP', `/snap/${snap}/${revision}`],
  ]);
}

/**
 * The arguments in a file of microk8s, one or more in a line. A line with a variable that the file's path does not tell is
 * left out, and a finding.
 *
 * Source: github.com/canonical/microk8s, build-scripts/components/kubernetes `kubelite` patch; Go, os.ExpandEnv.
 */
function readArgsFile(text: string, path: string, files: ProcessFiles): string[] {
  const variables = snapVariables(path);
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line) => {
    if (line === '' || line.startsWith('#')) return [];
    let unknown: string | null = null;
    const expanded = line.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
      const value = variables.get(braced ?? bare ?? '');
      if (value === undefined) unknown = whole;
      return value ?? whole;
    });
    if (unknown === null) return expanded.split(/\s+/).map((word) => word.replace(/(^|=)(["'])(.*)\2$/, '$1$3'));
    files.add('unknown-variable', `a line with ${unknown} was left out: what it stands for is not known`, path);
    return [];
  });
}

async function layersOfKubelite(words: readonly string[], files: ProcessFiles): Promise<FlagLayer[]> {
  const path = lastValue(parseGoFlags(words, OF_KUBELITE), 'kubelet-args-file');
  if (path === null) return [];
  const bytes = await files.read(path, LONGEST_ARGS);
  if (bytes === null) return [];
  return [{ flags: parseKubelet(readArgsFile(bytes.toString(), path, files)), source: 'args file', path }];
}

/** Members of k3s's configuration are its flags; one of several values is a list or a text. */
function flagsOfK3s(config: JsonObject): GoFlags {
  const all = (key: string): string[] => [config[key] ?? []].flat().filter((one) => typeof one === 'string');
  const endpoint = all('container-runtime-endpoint').map((value) => `container-runtime-endpoint=${value}`);
  return parseKubelet(dashed([...endpoint, ...all('kubelet-arg'), ...all('kubelet-arg+')]));
}

async function readK3sConfig(path: string, files: ProcessFiles): Promise<{ config: JsonObject; path: string }[]> {
  const bytes = await files.read(path, LONGEST_YAML);
  if (bytes === null) return [];
  const config = await parseYamlObject(bytes);
  if (config !== null) return [{ config, path }];
  files.add('malformed-file', `its ${bytes.length} bytes are no object of YAML`, path);
  return [];
}

/**
 * What k3s makes of its own flags and configuration for the kubelet in it. It hides its command line when it has read it.
 *
 * Source: k3s, pkg/configfilearg/parser.go, pkg/cli/cmds/agent.go, pkg/daemons/agent.
 */
async function flagsOfK3sProcess(words: readonly string[], files: ProcessFiles): Promise<KubeletFlags> {
  const own = parseGoFlags(words, OF_K3S);
  const main = lastValue(own, 'config') ?? lastValue(own, 'c') ?? '/etc/rancher/k3s/config.yaml';
  const names = (await files.list(`${main}.d`, MOST_FILES)) ?? [];
  const dropped = names.map(({ name }) => name.toString()).filter((name) => /\.ya?ml$/.test(name));
  const read = [];
  for (const path of [main, ...dropped.map((name) => `${main}.d/${name}`)]) {
    read.push(...(await readK3sConfig(path, files)));
  }
  const layers = read.map(({ config, path }): FlagLayer => ({ flags: flagsOfK3s(config), source: 'args file', path }));
  const given = {
    'container-runtime-endpoint': [...(own.values.get('container-runtime-endpoint') ?? [])],
    'kubelet-arg': [...(own.values.get('kubelet-arg') ?? [])],
  };
  const written = read.flatMap(({ config }) => toTexts([config['data-dir']], 1)).at(-1);
  const data = lastValue(own, 'data-dir') ?? lastValue(own, 'd') ?? written ?? '/var/lib/rancher/k3s';
  return {
    layers: [...layers, { flags: flagsOfK3s(given), source: 'command line', path: null }],
    defaults: {
      rootDirectory: '/var/lib/kubelet',
      configDirectory: `${data}/agent/etc/kubelet.conf.d`,
      endpoint: 'unix:///run/k3s/containerd/containerd.sock',
    },
  };
}

/** Source: k0s, cmd/worker, pkg/component/worker/kubelet.go. */
function flagsOfK0s(words: readonly string[]): KubeletFlags {
  const own = parseGoFlags(words, OF_K0S);
  const root = lastValue(own, 'kubelet-root-dir');
  const extra = (lastValue(own, 'kubelet-extra-args') ?? '').split(/\s+/).filter(Boolean);
  const flags = parseKubelet([...(root === null ? [] : [`--root-dir=${root}`]), ...extra]);
  const rootDirectory = `${lastValue(own, 'data-dir') ?? '/var/lib/k0s'}/kubelet`;
  const defaults = { ...DEFAULTS, rootDirectory, endpoint: 'unix:///run/k0s/containerd.sock' };
  return { layers: [{ flags, source: 'command line', path: null }], defaults };
}

/** Reads the flags that a program has for the kubelet in it. `words`: its command line, without its name. */
export async function readKubeletFlags(
  program: KubeletProgram,
  words: readonly string[],
  files: ProcessFiles,
): Promise<KubeletFlags> {
  if (program === 'k3s') return flagsOfK3sProcess(words, files);
  if (program === 'k0s') return flagsOfK0s(words);
  if (program === 'kubelite') return { layers: await layersOfKubelite(words, files), defaults: DEFAULTS };
  return { layers: [{ flags: parseKubelet(words), source: 'command line', path: null }], defaults: DEFAULTS };
}
