import { createSecretKey, type KeyObject } from 'node:crypto';
import { toArray, toObject, toText, toTexts } from '../../document/json.ts';
import { parseYamlObject } from '../../document/yaml.ts';
import { RecordError } from '../record-error.ts';

/** Who encrypts with keys of the configuration itself. */
export type KeyedProvider = 'aescbc' | 'aesgcm' | 'secretbox';

/** A key of the configuration. Printing it does not show its secret. */
export interface EncryptionKey {
  /** Stands in each record. */
  readonly name: string;
  /** The key itself. */
  readonly secret: KeyObject;
}

/** A provider that encrypts with keys of its own. */
export interface KeyedEncryption {
  /** Its name. */
  readonly provider: KeyedProvider;
  /** The first writes, all read. */
  readonly keys: readonly EncryptionKey[];
}

/** A provider that has a plugin encrypt its keys. */
export interface KmsEncryption {
  /** Its name. */
  readonly provider: 'kms';
  /** Of the plugin's interface. */
  readonly version: 'v1' | 'v2';
  /** Of the plugin. */
  readonly name: string;
  /** Its socket; empty where it is not said. */
  readonly endpoint: string;
}

/** Writes in clear. */
export interface IdentityEncryption {
  /** Its name. */
  readonly provider: 'identity';
}

/** One of the ways to encrypt that a rule names. */
export type EncryptionProvider = KeyedEncryption | KmsEncryption | IdentityEncryption;

/** How some resources are encrypted: the first provider writes, all are tried to read. */
export interface EncryptionRule {
  /** `secrets`, `deployments.apps`, `*.apps`, `*.` (the core group), `*.*`. */
  readonly resources: readonly string[];
  /** In their order: the first writes. */
  readonly providers: readonly EncryptionProvider[];
}

/** What kube-apiserver was told with `--encryption-provider-config`. Of several rules for a resource the first counts. */
export interface EncryptionConfiguration {
  /** In the order of the file. */
  readonly rules: readonly EncryptionRule[];
}

const KINDS = ['EncryptionConfiguration', 'EncryptionConfig'];
const KEY_BYTES: Readonly<Record<KeyedProvider, readonly number[]>> = {
  aescbc: [16, 24, 32],
  aesgcm: [16, 24, 32],
  secretbox: [32],
};
const MOST = 1024;

function fail(message: string): never {
  throw new RecordError('ERR_ENCRYPTION_CONFIGURATION', message);
}

function isKeyed(name: string): name is KeyedProvider {
  return Object.hasOwn(KEY_BYTES, name);
}

function readKey(value: unknown, provider: KeyedProvider): EncryptionKey {
  const { name, secret } = toObject(value);
  const text = toText(name) ?? fail(`a key of ${provider} has no name`);
  const encoded = typeof secret === 'string' ? secret.replace(/\s/g, '') : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) fail(`the secret of key '${text}' of ${provider} is no base64`);
  const bytes = Buffer.from(encoded, 'base64');
  const sizes = KEY_BYTES[provider];
  if (!sizes.includes(bytes.length))
    fail(`the secret of key '${text}' of ${provider} has ${bytes.length} bytes: it takes ${sizes.join(', ')}`);
  const key = { name: text, secret: createSecretKey(bytes) };
  bytes.fill(0);
  return key;
}

function readProvider(value: unknown): EncryptionProvider {
  const [[provider, settings] = ['', null], ...others] = Object.entries(toObject(value));
  if (others.length > 0) fail('an entry of providers names more than one provider');
  if (provider === 'identity') return { provider };
  const { name, endpoint, apiVersion, keys } = toObject(settings);
  if (provider === 'kms') {
    const version = apiVersion === 'v2' ? 'v2' : 'v1';
    return { provider, version, name: toText(name) ?? fail('a kms has no name'), endpoint: toText(endpoint) ?? '' };
  }
  if (!isKeyed(provider)) fail(`no provider is known that is called '${provider}'`);
  return { provider, keys: toArray(keys, MOST).map((key) => readKey(key, provider)) };
}

function readRule(value: unknown): EncryptionRule {
  const { resources, providers } = toObject(value);
  const rule = { resources: toTexts(resources, MOST), providers: toArray(providers, MOST).map(readProvider) };
  if (rule.resources.length === 0 || rule.providers.length === 0) fail('a rule has no resources or no providers');
  return rule;
}

/**
 * Reads the file that `--encryption-provider-config` names: YAML or JSON, at most 64 KiB, also of the kind it had before
 * Kubernetes 1.13.
 *
 * Errors: `ERR_ENCRYPTION_CONFIGURATION`. Source: kubernetes, apiserver/pkg/apis/apiserver/v1/types_encryption.go.
 */
export async function readEncryptionConfiguration(bytes: Uint8Array): Promise<EncryptionConfiguration> {
  const document = await parseYamlObject(Buffer.from(bytes));
  if (document === null) fail('it is no YAML or JSON with an object at its top, or has more than 64 KiB');
  if (!KINDS.includes(String(document['kind']))) fail(`its kind is none of ${KINDS.join(', ')}`);
  return { rules: toArray(document['resources'], MOST).map(readRule) };
}

function covers(pattern: string, resource: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === resource;
  const dot = resource.indexOf('.');
  const group = dot < 0 ? '' : resource.slice(dot + 1);
  return pattern === '*.*' || pattern.slice(2) === group;
}

/** The rule for a resource, such as `secrets` or `deployments.apps`; null where there is none: it is written in clear. */
export function ruleFor({ rules }: EncryptionConfiguration, resource: string): EncryptionRule | null {
  return rules.find(({ resources }) => resources.some((pattern) => covers(pattern, resource))) ?? null;
}

/** Name by which records refer to a provider's keys; `identity` has none. */
export function keyNames(provider: EncryptionProvider): readonly string[] {
  if (provider.provider === 'identity') return [];
  return provider.provider === 'kms' ? [provider.name] : provider.keys.map(({ name }) => name);
}

/** All names of keys and plugins. */
export function allKeyNames({ rules }: EncryptionConfiguration): Set<string> {
  return new Set(rules.flatMap(({ providers }) => providers.flatMap(keyNames)));
}
