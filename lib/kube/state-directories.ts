import { existsSync } from 'node:fs';

/** Where runtimes keep what they know of their containers. Directories that do not exist are passed over. */
export interface StateDirectories {
  /** Of containerd (`state` in its configuration): below it `io.containerd.runtime.v2.task/<namespace>/<id>`. */
  readonly containerd: readonly string[];
  /** Of CRI-O and podman: below it `overlay-containers/<id>/userdata`. */
  readonly storage: readonly string[];
  /** Of docker: below it `containers/<id>`. */
  readonly docker: readonly string[];
  /** Of runc (`--root`): below it `<id>/state.json`, which names the bundle. */
  readonly runc: readonly string[];
}

/**
 * Where they are unless they were told otherwise.
 *
 * Source: containerd, defaults/defaults_unix.go; k3s, microk8s and k0s, of their own containerd; containers-storage.conf(5);
 * dockerd(8); runc(8).
 */
const DEFAULTS: StateDirectories = {
  containerd: [
    '/run/containerd',
    '/run/k3s/containerd',
    '/var/snap/microk8s/common/run/containerd',
    '/run/k0s/containerd',
  ],
  storage: ['/run/containers/storage', '/var/lib/containers/storage'],
  docker: ['/var/lib/docker'],
  runc: ['/run/runc'],
};

/** @internal Those given, else the usual ones, of which most are not there: each that is, once. */
export function existing(given: Partial<StateDirectories> = {}): StateDirectories {
  const { containerd, storage, docker, runc } = { ...DEFAULTS, ...given };
  const there = (directories: readonly string[]): string[] =>
    [...new Set(directories)].filter((one) => existsSync(one));
  return { containerd: there(containerd), storage: there(storage), docker: there(docker), runc: there(runc) };
}
