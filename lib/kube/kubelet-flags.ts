import { type JsonObject, toTexts } from '../document/json.ts';
import { readArgsFile } from './args-file.ts';
import type { FlagLayer } from './flag-layer.ts';
import { type GoFlags, lastValue, parseGoFlags } from './go-flags.ts';
import { dashed, readK3sConfigs, valuesOf } from './k3s-config.ts';
import type { KubeletProgram } from './kubelet-process.ts';
import type { ProcessFiles } from './process-files.ts';

/** Who said something of kubelet; `assumed`: nobody, it is usually so. */
export type KubeletSource = 'command line' | 'args file' | 'config file' | 'mounts' | 'assumed';

/** What kubelet was told by flags. */
export interface KubeletFlags {
  /** Of layers with the same flag the last counts. */
  readonly layers: readonly FlagLayer<KubeletSource>[];
  /** What the program takes where no flag says otherwise. */
  readonly defaults: {
    readonly rootDirectory: string;
    readonly configDirectory: string | null;
    readonly kubeconfig: string | null;
    readonly endpoint: string | null;
  };
}

const DEFAULTS = { rootDirectory: '/var/lib/kubelet', configDirectory: null, kubeconfig: null, endpoint: null };

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

async function layersOfKubelite(words: readonly string[], files: ProcessFiles): Promise<FlagLayer<KubeletSource>[]> {
  const path = lastValue(parseGoFlags(words, OF_KUBELITE), 'kubelet-args-file');
  if (path === null) return [];
  const args = await readArgsFile(path, files);
  return args === null ? [] : [{ flags: parseKubelet(args), source: 'args file', path }];
}

function flagsOfK3s(config: JsonObject): GoFlags {
  const endpoint = valuesOf(config, 'container-runtime-endpoint').map((value) => `container-runtime-endpoint=${value}`);
  return parseKubelet(dashed([...endpoint, ...valuesOf(config, 'kubelet-arg'), ...valuesOf(config, 'kubelet-arg+')]));
}

/**
 * What k3s makes of its own flags and configuration for the kubelet in it. It hides its command line when it has read it.
 *
 * Source: k3s, pkg/configfilearg/parser.go, pkg/cli/cmds/agent.go, pkg/daemons/agent.
 */
async function flagsOfK3sProcess(words: readonly string[], files: ProcessFiles): Promise<KubeletFlags> {
  const own = parseGoFlags(words, OF_K3S);
  const main = lastValue(own, 'config') ?? lastValue(own, 'c') ?? '/etc/rancher/k3s/config.yaml';
  const read = await readK3sConfigs(main, files);
  const layers = read.map(({ config, path }): FlagLayer<KubeletSource> => ({
    flags: flagsOfK3s(config),
    source: 'args file',
    path,
  }));
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
      kubeconfig: `${data}/agent/kubelet.kubeconfig`,
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
