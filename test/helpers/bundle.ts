import type { BundleEnvironment, BundleVariable, ContainerIdentity } from '../../lib/index.ts';

const NOBODY = {
  podUid: null,
  namespace: null,
  podName: null,
  containerName: null,
  sandboxId: null,
  containerType: null,
};
const NOTHING = { image: null, staticPod: null, qosClass: null, helper: null, node: null, unit: null, cgroup: null };
const identity: ContainerIdentity = {
  ...NOBODY,
  ...NOTHING,
  pid: 1234,
  startTime: 99n,
  kind: 'container',
  containerId: '0f'.repeat(32),
  runtime: 'containerd',
  sources: {},
  disagreements: [],
  findings: [],
};

function toVariable(text: string): BundleVariable {
  const bytes = Buffer.from(text, 'latin1');
  const equals = bytes.indexOf('=');
  return { name: equals < 0 ? null : bytes.subarray(0, equals), value: bytes.subarray(equals + 1) };
}

/** The environment of a bundle as if it had been read; text as latin1, one character to a byte. */
export function bundleOf(texts: readonly string[], made: Partial<BundleEnvironment> = {}): BundleEnvironment {
  const entries = texts.map(toVariable);
  const read = made.state === undefined || made.state === 'read';
  return {
    state: 'read',
    reason: read ? null : 'made so',
    path: '/run/bundle/config.json',
    runtime: 'containerd',
    entries,
    truncated: false,
    identity,
    [Symbol.dispose]: () => entries.forEach(({ value }) => value.fill(0)),
    ...made,
  };
}
