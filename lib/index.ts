export { type Drift, environmentDrift } from './drift.ts';
export {
  environmentLayers,
  type EnvironmentLayers,
  type LayerEntry,
  type StartChange,
  type VariableOrigins,
} from './drift/layers.ts';
export {
  EnvironmentBlock,
  type EnvironmentEntry,
  InitialEnvironment,
  LiveEnvironment,
  ProcessEnvironment,
  type ProcessIdentity,
  type ReadEnvironmentOptions,
  readEnvironment,
  readEnvironments,
} from './environ.ts';
export { SystemError, type SystemErrorRecord, TargetError, UsageError } from './errors.ts';
export type { JsonObject } from './document/json.ts';
export {
  type Census,
  type CensusGroup,
  type CensusOptions,
  type CensusResource,
  type CountedRecord,
  takeCensus,
} from './etcd/census.ts';
export type { CensusFinding, CensusKey } from './etcd/census-findings.ts';
export { type DecodedRecord, type DecodeOptions, decodeRecord } from './etcd/decode.ts';
export {
  type EncryptionConfiguration,
  type EncryptionKey,
  type EncryptionProvider,
  type EncryptionRule,
  type IdentityEncryption,
  type KeyedEncryption,
  type KeyedProvider,
  type KmsEncryption,
  readEncryptionConfiguration,
  ruleFor,
} from './etcd/encryption/configuration.ts';
export type { DecryptionKeys, RecordEncryption } from './etcd/encryption/decrypt.ts';
export { type EncryptionHeader, parseEncryptionHeader } from './etcd/encryption/header.ts';
export type { KmsEnvelope } from './etcd/encryption/kms.ts';
export type { Encoding } from './etcd/envelope.ts';
export { type FieldWriter, lastWriter, writerOf } from './etcd/field-writers.ts';
export {
  type HistoryOptions,
  type KeyChange,
  readRecordHistory,
  type RecordHistory,
  type RecordVersion,
  watchRecord,
} from './etcd/history.ts';
export {
  isConfigMap,
  isSecret,
  type ManagedFields,
  type ObjectMeta,
  type OwnerReference,
  type StoredConfigMap,
  type StoredObject,
  type StoredSecret,
} from './etcd/kubernetes/objects.ts';
export {
  isPod,
  type ObjectUse,
  type PodContainer,
  type PodMount,
  type PodVariable,
  type PodVariables,
  type PodVolume,
  type StoredPod,
} from './etcd/kubernetes/pod.ts';
export { toManifest } from './etcd/manifest.ts';
export { RecordError, type RecordErrorCode } from './etcd/record-error.ts';
export type { RecordFinding } from './etcd/record-findings.ts';
export { toResource } from './etcd/resource-places.ts';
export { parseStorageKey, type StorageKey, toStorageKey, toStoragePrefix, USUAL_PREFIXES } from './etcd/storage-key.ts';
export {
  type EtcdClient,
  type EtcdEvent,
  type EtcdMember,
  type EtcdOptions,
  type EtcdStatus,
  type EtcdWatchOptions,
  openEtcd,
} from './etcd/client.ts';
export type { EtcdConnection, EtcdUser } from './etcd/connection.ts';
export { openEtcdDump } from './etcd/dump.ts';
export { EtcdError, type EtcdErrorCode, type EtcdErrorDetails } from './etcd/etcd-error.ts';
export type { EtcdPage, EtcdRangeOptions, EtcdReader, EtcdReadOptions, EtcdRecord } from './etcd/record.ts';
export { type EtcdResource, resourceOf } from './etcd/resource.ts';
export {
  type EtcdEnvironment,
  type EtcdOptionValues,
  type EtcdSettings,
  readEtcdSettings,
  toEtcdConnection,
} from './etcd/settings.ts';
export { type Bundle, type BundleSearch, findBundle } from './kube/bundle.ts';
export { type BundleEnvironment, type BundleState, readBundleEnvironment } from './kube/bundle-environment.ts';
export type { BundleConfig, BundleMount, BundlePod, BundleVariable } from './kube/bundle-config.ts';
export { type CgroupFile, type CgroupLine, parseCgroupFile } from './kube/cgroup-file.ts';
export {
  type CgroupContainer,
  type CgroupPath,
  type ContainerRuntime,
  parseCgroupPath,
  type QosClass,
} from './kube/cgroup-path.ts';
export type { Disagreement, FactName, IdentityFacts, IdentitySource } from './kube/claims.ts';
export type { Finding } from './kube/finding.ts';
export {
  type ContainerIdentity,
  type ContainerSurvey,
  identifyContainer,
  type IdentifyOptions,
  surveyContainer,
} from './kube/identity.ts';
export { Cri, type CriListOptions, type CriStatusOptions, type CriVersion, openCri } from './kube/cri.ts';
export { CriError } from './kube/cri-error.ts';
export type {
  CriContainer,
  CriContainerInfo,
  CriContainerStatus,
  CriListedContainer,
  CriMount,
  CriSandbox,
} from './kube/cri-records.ts';
export { ApiError, type ApiErrorCode } from './kube/api/api-error.ts';
export { type ApiClient, type ApiConnection, type ApiGetOptions, type ApiOptions, openApi } from './kube/api/client.ts';
export { type ApiCredentials, readApiCredentials } from './kube/api/credentials.ts';
export { attributeEnvironment, type AttributedVariable, type VariableOrigin } from './kube/env-origin.ts';
export {
  type EtcdCertificate,
  type CertificateUsage,
  matchesKey,
  readCertificates,
  isSignedBy,
} from './etcd/certificate.ts';
export type { DoubtedProcess, EtcdPlace, EtcdProcess } from './kube/etcd/candidates.ts';
export type { ChosenFact, EtcdChoice, EtcdClientFiles, EtcdClientOwner } from './kube/etcd/choice.ts';
export { type EtcdCredentials, readEtcdCredentials, wipeCredentials } from './kube/etcd/credentials.ts';
export type { EtcdFact, EtcdFacts, EtcdRole, EtcdSource } from './kube/etcd/fact.ts';
export { type FoundEncryption, readFoundEncryption } from './kube/etcd/storage.ts';
export { type SampledKey, sampleSecrets, type SecretSample } from './etcd/secret-sample.ts';
export { type EndpointSurvey, surveyEtcd, type WithoutCertificate } from './etcd/survey.ts';
export { findEtcd, type FindEtcdOptions, type FoundEtcd } from './kube/etcd/find.ts';
export type { EtcdListener } from './kube/etcd/listeners.ts';
export type { EtcdParty, HealthCheckFiles } from './kube/etcd/party.ts';
export type { EtcdProgram } from './kube/etcd/program.ts';
export { findKubelet, type FindKubeletOptions, type Kubelet } from './kube/kubelet.ts';
export type { KubeletFact, KubeletFacts } from './kube/kubelet-facts.ts';
export type { KubeletSource } from './kube/kubelet-flags.ts';
export { type KubeletPod, type KubeletPods, type KubeletPodsOptions, listKubeletPods } from './kube/kubelet-pods.ts';
export type { KubeletProcess, KubeletProgram } from './kube/kubelet-process.ts';
export type { KubeletSubPath, KubeletVolume } from './kube/kubelet-volumes.ts';
export { type MountHints, readMountHints } from './kube/mount-hints.ts';
export type { ListedContainer, ListedPod, ListedProcess, ListedVolume, PodList } from './kube/pod-list.ts';
export { listPods, type ListPodsOptions } from './kube/pods.ts';
export type { Answer } from './kube/reader-rule.ts';
export { type EnvironReader, type EnvironReaders, readersOf } from './kube/readers.ts';
export type { StateDirectories } from './kube/state-directories.ts';
export { resolvePod, resolveTarget } from './kube/target.ts';
export { readVariableOrigins } from './kube/variable-origins.ts';
export { findMount, listMounts } from './mounts.ts';
export { type HostOptions, type HostSecretVolume, listHostSecretVolumes } from './mounts/host-volumes.ts';
export {
  listSecretVolumes,
  type SecretVolume,
  type SecretVolumeSurvey,
  surveySecretVolumes,
  type VolumeView,
} from './mounts/secret-volumes.ts';
export { type DeviceNumber, Mount, MountTable } from './mounts/table.ts';
export { type MountEvent, type MountWatchOptions, watchMounts } from './mounts/watch.ts';
export { parseVolumePath, type VolumeKind, type VolumePath } from './mounts/volume-path.ts';
export { execIn } from './exec.ts';
export { type ExecExit, ExecutedProcess } from './exec/executed-process.ts';
export { RawTerminal } from './exec/raw-terminal.ts';
export type { ExecOptions, ExecStdio, NamespaceName, TerminalSize } from './exec/options.ts';
export type { InitialState, LiveState } from './native.ts';
export type { WaitOptions } from './options.ts';
export { openProcess, Process } from './process.ts';
export {
  listProcesses,
  type ListProcessesOptions,
  type NamespaceNumbers,
  type ProcessCredentials,
  type ProcessSummary,
  readCommandLine,
} from './processes.ts';
export {
  type DirectoryEntry,
  type DirectoryListing,
  openIn,
  readdirIn,
  type ReadDirectoryOptions,
  readFileIn,
  type ReadFileOptions,
  readlinkIn,
  statIn,
  type StatOptions,
} from './rootfs.ts';
export { ContainerFile, type FileStreamOptions } from './rootfs/file.ts';
export type { FileStatus, FileType } from './rootfs/status.ts';
export { type TrailOptions, trail, trails } from './trail.ts';
export { type ClusterView, NO_CLUSTER, type ObjectValues } from './trail/cluster.ts';
export { entropyBits, isDistinctive } from './trail/distinctive.ts';
export type { KnownSecret, SecretSource, SecretVersion } from './trail/known-secret.ts';
export { type ApiClusterOptions, readClusterFromApi } from './trail/truth/cluster-from-api.ts';
export { readClusterFromManifests } from './trail/truth/cluster-from-manifest.ts';
export {
  type EtcdClusterOptions,
  type NamedPods,
  type PodReference,
  type PodsByUid,
  type PodsOfNode,
  type PodsWanted,
  readClusterFromEtcd,
} from './trail/truth/cluster-from-etcd.ts';
export type { GatherOptions } from './trail/truth/cluster-gathering.ts';
export { readSecretFromApi } from './trail/truth/from-api.ts';
export { type EtcdTruthOptions, readSecretFromEtcd } from './trail/truth/from-etcd.ts';
export { readSecretFromManifest } from './trail/truth/from-manifest.ts';
export type { ManifestSource, ManifestText } from './trail/truth/manifest-objects.ts';
export { type PodVolumePlace, readSecretFromVolume, volumesOfSecret } from './trail/truth/from-volume.ts';
export type { SecretName } from './trail/truth/secret-name.ts';
export { knownValues, mergeKnown } from './trail/truth/values.ts';
export { scanNode, type ScanOptions } from './trail/scan.ts';
export { listNodeProcesses, type NodeProcesses, type NodeProcessesOptions } from './trail/scan/node-processes.ts';
export type {
  Place,
  Scan,
  ScannedContainer,
  ScannedFile,
  ScannedProcess,
  ScanRequest,
  Sighting,
  UnreadPlace,
} from './trail/sighting.ts';
export { eraseExpected, expectContainers } from './trail/expect/containers.ts';
export { referencesOf } from './trail/expect/references.ts';
export type { ExpectedContainer, ExpectedMount, ExpectedVariable } from './trail/expectation.ts';
export { type GateAnswer, judgeGate } from './trail/gate.ts';
export type { Evidence, Holder, HolderContainer, HolderProcess, Replacement, Verdict } from './trail/holder.ts';
export { judge, type Proceedings } from './trail/judge/judge.ts';
export { toScanRequest, type TrailRequest, type ValueUse } from './trail/request.ts';
export type { Trail, UnreadRow } from './trail/trail-result.ts';
export { watchAllSecretVolumes, watchSecretVolumesOf, watchSecretVolumesOfPod } from './volumes.ts';
export type { VolumeNews } from './volumes/gathering.ts';
export { SecretVolumeWatch, watchSecretVolume } from './watch.ts';
export type { SecretEntry } from './watch/content.ts';
export { VolumeEvent, type VolumeEventKind } from './watch/event.ts';
export type { VolumeTarget } from './watch/target.ts';
