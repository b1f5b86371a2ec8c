import type { JsonObject } from '../document/json.ts';
import { LONGEST_YAML } from '../document/yaml.ts';
import type { ProcessFiles } from './process-files.ts';

/** A configuration of kubelet, as one file has it. */
export interface ConfigLayer {
  readonly values: JsonObject;
  readonly path: string;
}

/** What could be read of kubelet's configuration. */
export interface KubeletConfig {
  /** Of layers with the same member the last counts. */
  readonly layers: readonly ConfigLayer[];
  /** Nothing that there is was left out. */
  readonly complete: boolean;
}

const MOST_FILES = 64;

async function readLayer(path: string, named: boolean, files: ProcessFiles): Promise<ConfigLayer | null> {
  const bytes = named
    ? await files.readNamed(path, LONGEST_YAML, 'it does not exist: --config names it')
    : await files.read(path, LONGEST_YAML);
  const values = bytes === null ? null : await files.parse(bytes, path);
  if (values === null) return null;
  if (values['kind'] === 'KubeletConfiguration') return { values, path };
  files.add('other-kind', 'it is no KubeletConfiguration, and was not used', path);
  return null;
}

/**
 * Reads the configuration of kubelet: the file of `--config`, and over it those of `--config-dir` that end in `.conf`, in
 * the order of their names. YAML or JSON, at most 64 KiB each. Null where there is no such flag.
 *
 * Source: kubernetes, cmd/kubelet/app/server.go `mergeKubeletConfigurations`, pkg/kubelet/apis/config/types.go.
 */
export async function readKubeletConfig(
  file: string | null,
  directory: string | null,
  files: ProcessFiles,
): Promise<KubeletConfig> {
  const names = directory === null ? [] : ((await files.list(directory, MOST_FILES)) ?? []);
  const dropped = names.map(({ name }) => name.toString()).filter((name) => name.endsWith('.conf'));
  const paths = [...(file === null ? [] : [file]), ...dropped.map((name) => `${directory}/${name}`)];
  const layers: ConfigLayer[] = [];
  for (const path of paths) {
    const layer = await readLayer(path, path === file, files);
    if (layer !== null) layers.push(layer);
  }
  return { layers, complete: layers.length === paths.length && files.findings.length === 0 };
}
