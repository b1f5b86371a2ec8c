import { type JsonObject, toArray, toObject, toText, toTexts } from '../../document/json.ts';
import { type BundleVariable, readBundleConfig } from '../bundle-config.ts';
import type { CriContainerInfo } from '../cri-records.ts';
import { parseObject } from '../json.ts';

const MOST = 65_536;

type Info = Readonly<Record<string, string>>;

/** The object that a runtime puts into `info`, as JSON; empty where it is none. */
function parse(info: Info): JsonObject {
  return parseObject(Buffer.from(info['info'] ?? '{}'), 'info').value ?? {};
}

function toVariables(envs: unknown): BundleVariable[] | null {
  if (!Array.isArray(envs)) return null;
  return toArray(envs, MOST).flatMap((one) => {
    const { key, value } = toObject(one);
    if (typeof key !== 'string') return [];
    return [{ name: Buffer.from(key), value: Buffer.from(typeof value === 'string' ? value : '') }];
  });
}

/** Reads the `info` of a container's status; what is missing or of another type is null. */
export function readContainerInfo(info: Info): CriContainerInfo {
  const all = parse(info);
  const spec = toObject(all['runtimeSpec']);
  const { env, terminal } = toObject(spec['process']);
  const { environment, mounts } = readBundleConfig(spec);
  const config = toObject(all['config']);
  const pid = Number.isInteger(all['pid']) && Number(all['pid']) > 0 ? Number(all['pid']) : null;
  return {
    pid,
    sandboxId: toText(all['sandboxID']),
    // Go leaves out what is empty
    sent: 'config' in all ? (toVariables(config['envs']) ?? []) : null,
    environment: Array.isArray(env) ? environment : null,
    mounts,
    terminal: typeof terminal === 'boolean' ? terminal : 'process' in spec ? false : null,
  };
}

/** The environment of an image, by the `info` of its status: `NAME=value`; null where the runtime does not say. */
export function readImageInfo(info: Info): string[] | null {
  const { imageSpec } = parse(info);
  if (imageSpec === undefined) return null;
  const config = toObject(toObject(imageSpec)['config']);
  return toTexts(config['Env'], MOST);
}
