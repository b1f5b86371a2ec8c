import type { Census } from '../etcd/census.ts';
import type { EtcdCertificate } from '../etcd/certificate.ts';
import type { EtcdMember } from '../etcd/client.ts';
import type { SecretSample } from '../etcd/secret-sample.ts';
import type { EndpointSurvey } from '../etcd/survey.ts';
import type { Finding } from '../kube/finding.ts';
import type { ChosenFact, EtcdClientOwner } from '../kube/etcd/choice.ts';
import type { FoundEtcd } from '../kube/etcd/find.ts';

/** Something that an option or a variable says; else what was found. */
export type ReportedFact = { readonly value: string; readonly given: true } | (ChosenFact & { readonly given?: false });

/** What `podprobe etcd status` has to tell. */
export interface EtcdReport {
  /** Null where options or variables name the endpoints, and nobody looked. */
  readonly found: FoundEtcd | null;
  readonly endpoints: ReportedFact;
  readonly caFile: ReportedFact | null;
  readonly certFile: ReportedFact | null;
  readonly keyFile: ReportedFact | null;
  /** Whose certificate it is; null for one that was given, and where there is none. */
  readonly owner: EtcdClientOwner | null;
  readonly certificate: EtcdCertificate | null;
  /** Whether the authorities have signed it; null where it cannot be told. */
  readonly signedByCa: boolean | null;
  /** What all keys of the API server begin with. */
  readonly prefix: ReportedFact | null;
  readonly encryptionConfig: ReportedFact | null;
  readonly surveys: readonly EndpointSurvey[];
  readonly members: readonly EtcdMember[];
  /** Null where no endpoint answered, or the records cannot be read. */
  readonly secrets: SecretSample | null;
  /** Null unless it was asked for. */
  readonly census: Census | null;
  readonly findings: readonly Finding[];
}
