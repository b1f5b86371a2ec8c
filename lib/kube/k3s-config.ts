import type { JsonObject } from '../document/json.ts';
import { LONGEST_YAML } from '../document/yaml.ts';
import type { ProcessFiles } from './process-files.ts';

const MOST_FILES = 64;

/** A file of k3s's configuration. */
export interface K3sConfig {
  readonly config: JsonObject;
  readonly path: string;
}

/** k3s writes `/usr/local/bin/k3s server` over its command line, as one word; rke2 does the same. */
export function readTitle(name: string): string[] {
  const [, command] = /^\S*(?:k3s|rke2) (server|agent)$/.exec(name) ?? [];
  return command === undefined ? [] : [command];
}

/** Arguments that were given to another program, with or without dashes. */
export function dashed(args: readonly string[]): string[] {
  return args.map((arg) => `--${arg.replace(/^-+/, '')}`);
}

/** Members of k3s's configuration are its flags; one of several values is a list or a text. */
export function valuesOf(config: JsonObject, key: string): string[] {
  return [config[key] ?? []].flat().filter((one) => typeof one === 'string');
}

async function readConfig(path: string, files: ProcessFiles): Promise<K3sConfig[]> {
  const bytes = await files.read(path, LONGEST_YAML);
  const config = bytes === null ? null : await files.parse(bytes, path);
  return config === null ? [] : [{ config, path }];
}

/**
 * Reads the configuration of k3s: one file, and then those of the directory beside it, in the order of their names.
 *
 * Source: k3s, pkg/configfilearg/parser.go.
 */
export async function readK3sConfigs(main: string, files: ProcessFiles): Promise<K3sConfig[]> {
  const names = (await files.list(`${main}.d`, MOST_FILES)) ?? [];
  const dropped = names.map(({ name }) => name.toString()).filter((name) => /\.ya?ml$/.test(name));
  const read: K3sConfig[] = [];
  for (const path of [main, ...dropped.map((name) => `${main}.d/${name}`)]) {
    read.push(...(await readConfig(path, files)));
  }
  return read;
}
