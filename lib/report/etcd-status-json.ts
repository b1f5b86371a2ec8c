import type { EtcdCertificate } from '../etcd/certificate.ts';
import type { EndpointSurvey } from '../etcd/survey.ts';
import type { EtcdFact, EtcdFacts } from '../kube/etcd/fact.ts';
import type { EtcdParty } from '../kube/etcd/party.ts';
import type { EtcdReport, ReportedFact } from './etcd-report.ts';
import { findingDocument } from './finding.ts';

function factDocument(fact: ReportedFact | null): object | null {
  if (fact === null) return null;
  if (fact.given === true) return { value: fact.value, source: 'given', path: null, pid: null };
  const { value, source, path, process } = fact;
  return { value, source, path, pid: process?.pid ?? null };
}

function partyFacts(facts: EtcdFacts): object {
  const entries = Object.entries(facts) as [string, EtcdFact | null][];
  return Object.fromEntries(
    entries.map(([name, fact]) => [name, fact && { value: fact.value, source: fact.source, path: fact.path }]),
  );
}

function partyDocument({ role, process, facts }: EtcdParty): object {
  return {
    role,
    process: process && {
      pid: process.pid,
      startTime: String(process.startTime),
      program: process.program,
      place: process.place,
    },
    facts: partyFacts(facts),
  };
}

function certificateDocument(certificate: EtcdCertificate | null): object | null {
  if (certificate === null) return null;
  const { subject, issuer, names, notBefore, notAfter, fingerprint256, usages } = certificate;
  const dates = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  return { subject, issuer, names, ...dates, fingerprint256, usages };
}

function endpointDocument({ endpoint, status, error, withoutCertificate, inClear }: EndpointSurvey): object {
  return {
    endpoint,
    withoutCertificate,
    tls: !inClear,
    error: error && { code: error.code, message: error.message },
    status: status && {
      version: status.version,
      clusterId: status.clusterId.toString(16),
      memberId: status.memberId.toString(16),
      leader: status.leader === 0n ? null : status.leader.toString(16),
      isLeader: status.leader === status.memberId,
      isLearner: status.isLearner,
      revision: String(status.revision),
      dbSize: String(status.dbSize),
      dbSizeInUse: status.dbSizeInUse === 0n ? null : String(status.dbSizeInUse),
      raftTerm: String(status.raftTerm),
      raftIndex: String(status.raftIndex),
      raftAppliedIndex: String(status.raftAppliedIndex),
      errors: status.errors,
    },
  };
}

/** `podprobe etcd status --json`: docs/schema/etcd-status.schema.json. */
export function etcdStatusDocument(report: EtcdReport): object {
  const { found, members, secrets, census, findings } = report;
  return {
    schema: 'podprobe/etcd-status/v1',
    parties: (found?.parties ?? []).map(partyDocument),
    notBelieved: (found?.doubted ?? []).map(({ pid, comm, reason }) => ({ pid, comm, reason })),
    listeners: (found?.listeners ?? []).map(({ address, port, pid, comm }) => ({ address, port, pid, comm })),
    connection: {
      endpoints: factDocument(report.endpoints),
      caFile: factDocument(report.caFile),
      certFile: factDocument(report.certFile),
      keyFile: factDocument(report.keyFile),
      owner: report.owner,
      certificate: certificateDocument(report.certificate),
      signedByCa: report.signedByCa,
    },
    storage: {
      prefix: factDocument(report.prefix),
      encryptionConfig: factDocument(report.encryptionConfig),
      mediaType: factDocument(found?.choice.mediaType ?? null),
      overrides: factDocument(found?.choice.overrides ?? null),
      dataDir: factDocument(found?.choice.dataDir ?? null),
    },
    endpoints: report.surveys.map(endpointDocument),
    members: members.map(({ id, name, peerUrls, clientUrls, isLearner }) => {
      return { id: id.toString(16), name, peerUrls, clientUrls, isLearner };
    }),
    secrets,
    census,
    findings: findings.map(findingDocument),
  };
}
