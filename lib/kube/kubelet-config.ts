import type { JsonObject } from '../document/json.ts';
import { LONGEST_YAML, parseYamlObject } from '../document/yaml.ts';
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

async function readLayer(path: string, files: ProcessFiles): Promise<ConfigLayer | null> {
  const bytes = await files.read(path, LONGEST_YAML);
  if (bytes === null) return null;
  const values = await parseYamlObject(bytes);
  if (values === null) {
    files.add('malformed-file', `its ${bytes.length} bytes are no object of YAML or JSON`, path);
    return null;
  }
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
    const layer = await readLayer(path, files);
    if (layer !== null) layers.push(layer);
    else if (path === file && !files.findings.some((finding) => finding.path === path)) {
      files.add('missing-file', 'it does not exist: --config names it', path);
    }
  }
  return { layers, complete: layers.length === paths.length && files.findings.length === 0 };
}
