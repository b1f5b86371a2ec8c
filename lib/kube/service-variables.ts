const HOST = '_SERVICE_HOST';
const OF_PORT = /^_PORT_[0-9]{1,5}_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;

/** The variables that kubelet makes of one Service, by what follows its name. */
function isOfService(rest: string): boolean {
  return rest === HOST || rest === '_PORT' || OF_PORT.test(rest) || /^_SERVICE_PORT(?:_[A-Z0-9_]+)?$/.test(rest);
}

/**
 * Picks out the names that kubelet gives to variables which tell of a Service: all of `KUBERNETES_SERVICE_HOST`,
 * `KUBERNETES_PORT_443_TCP_ADDR`, `WEB_SERVICE_PORT_HTTPS` …, where the Service's own `…_SERVICE_HOST` and `…_SERVICE_PORT` are
 * there, too. By name alone: a manifest can define the like.
 *
 * Source: kubernetes, pkg/kubelet/envvars/envvars.go.
 */
export function findServiceVariables(names: Iterable<string>): Set<string> {
  const all = new Set(names);
  const services = [...all]
    .filter((name) => name.endsWith(HOST) && name.length > HOST.length)
    .map((name) => name.slice(0, -HOST.length))
    .filter((service) => all.has(`${service}_SERVICE_PORT`));
  const known = new Set(services);
  const isKnown = (name: string): boolean => {
    for (let at = name.indexOf('_'); at >= 0; at = name.indexOf('_', at + 1)) {
      if (known.has(name.slice(0, at)) && isOfService(name.slice(at))) return true;
    }
    return false;
  };
  return new Set([...all].filter(isKnown));
}

/**
 * Whether kubelet could give a variable this name to tell of a Service: a Service called as what stands before
 * `_SERVICE_HOST`, `_PORT_80_TCP` … would do.
 *
 * Source: kubernetes, pkg/kubelet/envvars/envvars.go.
 */
export function mayTellOfService(name: string): boolean {
  for (let at = name.indexOf('_', 1); at >= 0; at = name.indexOf('_', at + 1)) {
    if (isOfService(name.slice(at))) return /^[A-Z_][A-Z0-9_]*$/.test(name);
  }
  return false;
}
