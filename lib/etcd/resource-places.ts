/** Resources whose folder in etcd is not their name (kubernetes, pkg/registry, pkg/kubeapiserver). */
export const FOLDERS: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  'ingresses.networking.k8s.io': 'ingress',
  'podsecuritypolicies.policy': 'podsecuritypolicy',
};

/** Of such a folder, the resource. */
export const RESOURCE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(FOLDERS).map(([resource, folder]) => [folder, resource]),
);

/** Resources of Kubernetes itself outside of the core group; their folders do not name the group. */
const BUILT_IN: Readonly<Record<string, string>> = {
  apps: 'controllerrevisions daemonsets deployments replicasets statefulsets',
  autoscaling: 'horizontalpodautoscalers',
  batch: 'cronjobs jobs',
  'admissionregistration.k8s.io':
    'mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
  'certificates.k8s.io': 'certificatesigningrequests clustertrustbundles podcertificaterequests',
  'coordination.k8s.io': 'leasecandidates leases',
  'discovery.k8s.io': 'endpointslices',
  'flowcontrol.apiserver.k8s.io': 'flowschemas prioritylevelconfigurations',
  'internal.apiserver.k8s.io': 'storageversions',
  'networking.k8s.io': 'ingressclasses ingresses ipaddresses networkpolicies servicecidrs',
  'node.k8s.io': 'runtimeclasses',
  policy: 'poddisruptionbudgets podsecuritypolicies',
  'rbac.authorization.k8s.io': 'clusterrolebindings clusterroles rolebindings roles',
  'resource.k8s.io': 'deviceclasses resourceclaims resourceclaimtemplates resourceslices',
  'scheduling.k8s.io': 'priorityclasses',
  'storage.k8s.io': 'csidrivers csinodes csistoragecapacities storageclasses volumeattachments volumeattributesclasses',
  'storagemigration.k8s.io': 'storageversionmigrations',
};

/** Of a resource of Kubernetes, the group; all others of one word are of the core group. */
export const GROUP_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(BUILT_IN).flatMap(([group, names]) => names.split(' ').map((name): [string, string] => [name, group])),
);

const SHORT: Readonly<Record<string, string>> = {
  cm: 'configmaps',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  ing: 'ingresses',
  no: 'nodes',
  ns: 'namespaces',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  rc: 'replicationcontrollers',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sts: 'statefulsets',
  svc: 'services',
};

function toPlural(word: string): string {
  if (/(?:ss|x|ch|sh)$/.test(word)) return `${word}es`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return word.endsWith('s') ? word : `${word}s`;
}

/** The resource that a word of the command line means: `Secret`, `secret`, `secrets`, `po`, `deployment.apps`. */
export function toResource(word: string): string {
  const [kind = '', ...group] = word.toLowerCase().split('.');
  const resource = Object.hasOwn(SHORT, kind) ? (SHORT[kind] as string) : toPlural(kind);
  const of = group.join('.') || GROUP_OF.get(resource);
  return of === undefined ? resource : `${resource}.${of}`;
}
