import type { EndpointSurvey } from '../etcd/survey.ts';
import type { EtcdFact } from '../kube/etcd/fact.ts';
import type { EtcdParty } from '../kube/etcd/party.ts';
import { describeFinding } from '../kube/finding.ts';
import { censusLines, secretLines } from './etcd-secrets-text.ts';
import type { EtcdReport, ReportedFact } from './etcd-report.ts';
import { printable } from './printable.ts';
import { alignColumns, type Style } from './style.ts';

const INDENT = '  ';
const WIDEST = 72;
/** In words, in the order in which they are told. */
const FACTS = {
  servers: 'etcd',
  overrides: 'elsewhere',
  listenUrls: 'listens at',
  advertiseUrls: 'tells clients',
  clientCertAuth: 'client certificates',
  caFile: 'CA',
  certFile: 'certificate',
  keyFile: 'key',
  prefix: 'prefix',
  mediaType: 'media type',
  encryptionConfig: 'encryption',
  dataDir: 'data',
} as const;

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : INDENT + line));
}

function sourceOf({ source, path }: EtcdFact): string {
  return path === null ? source : `${source} ${printable(path)}`;
}

function partyLines({ process, role, facts }: EtcdParty, style: Style): string[] {
  const who = process === null ? `${role}, not running` : `${process.program}, pid ${process.pid}`;
  const where = process?.place === 'static pod' ? ', in a static pod' : '';
  const rows = Object.entries(FACTS).flatMap(([name, words]) => {
    const fact = facts[name as keyof typeof FACTS];
    return fact === null ? [] : [[words, printable(fact.value), sourceOf(fact)]];
  });
  return [style('bold', who) + where, ...indent(alignColumns(rows, WIDEST))];
}

function whoSaid(fact: ReportedFact): string {
  if (fact.given === true) return 'given';
  const { process } = fact;
  const whose = process === null ? '' : ` of ${process.program}, pid ${process.pid}`;
  return `${sourceOf(fact)}${fact.source === 'assumed' ? '' : whose}`;
}

function certificateLines({ certificate, owner, signedByCa }: EtcdReport): string[] {
  if (certificate === null) return [];
  const { subject, issuer, names, notAfter } = certificate;
  const signed = signedByCa === null ? '' : signedByCa ? ', by the CA' : ', which is not the CA';
  return [
    ...(owner === null ? [] : [`the certificate of ${owner === 'apiserver' ? 'the API server' : owner}`]),
    `subject      ${printable(subject)}`,
    `signed by    ${printable(issuer)}${signed}`,
    `names        ${names.length === 0 ? 'none' : printable(names.join(', '))}`,
    `valid until  ${notAfter.toISOString()}`,
  ];
}

function connectionLines(report: EtcdReport): string[] {
  const facts: [string, ReportedFact | null][] = [
    ['endpoints', report.endpoints],
    ['CA', report.caFile],
    ['certificate', report.certFile],
    ['key', report.keyFile],
  ];
  const rows = facts.map(([words, fact]) => {
    return fact === null ? [words, 'none'] : [words, printable(fact.value), `(${whoSaid(fact)})`];
  });
  return [...alignColumns(rows, WIDEST), ...indent(certificateLines(report))];
}

function size(bytes: bigint): string {
  return bytes < 1_000_000n ? `${Number(bytes) / 1_000} kB` : `${(Number(bytes) / 1_000_000).toFixed(1)} MB`;
}

const CERTIFICATES = {
  refused: 'required',
  accepted: 'not required: whoever reaches it is let in',
  unknown: 'not known whether they are required',
} as const;

function surveyLines({ endpoint, status, error, withoutCertificate }: EndpointSurvey, style: Style): string[] {
  if (status === null)
    return [printable(endpoint), `${INDENT}${style('red', printable(error?.message ?? 'no answer'))}`];
  const used = status.dbSizeInUse === 0n ? '' : `, ${size(status.dbSizeInUse)} used`;
  const leads = status.leader === status.memberId ? 'it is the leader' : `the leader is ${status.leader.toString(16)}`;
  return [
    printable(endpoint),
    ...indent([
      `version              ${printable(status.version)}`,
      `database             ${size(status.dbSize)}${used}`,
      `leader               ${status.leader === 0n ? 'there is none' : leads}`,
      `revision             ${status.revision}`,
      `raft                 term ${status.raftTerm}, index ${status.raftIndex}, applied ${status.raftAppliedIndex}`,
      `client certificates  ${CERTIFICATES[withoutCertificate]}`,
      ...status.errors.map((text) => `alarm                ${printable(text)}`),
    ]),
  ];
}

function listenerLines({ found }: EtcdReport): string[] {
  return (found?.listeners ?? []).map(({ address, port, pid, comm }) => {
    const place = port === 0 ? printable(address) : `${address.includes(':') ? `[${address}]` : address}:${port}`;
    return `${place}  ${pid === null ? 'nobody that can be seen' : `pid ${pid} (${printable(comm ?? '')})`}`;
  });
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style('bold', title), ...indent(lines)];
}

/** `podprobe etcd status`, for people. */
export function etcdStatusText(report: EtcdReport, style: Style): string[] {
  const { found, surveys, findings } = report;
  const doubted = (found?.doubted ?? []).map(({ pid, comm, reason }) => `pid ${pid} (${printable(comm)}): ${reason}`);
  const said = findings.map((finding) => printable(describeFinding(finding)));
  const all = [
    ...(found?.parties ?? []).flatMap((party) => ['', ...partyLines(party, style)]),
    ...section('Not believed', doubted, style),
    ...section('Listening', listenerLines(report), style),
    ...section('Connection', connectionLines(report), style),
    ...section(
      'Endpoints',
      surveys.flatMap((survey) => surveyLines(survey, style)),
      style,
    ),
    ...section('Secrets at rest', secretLines(report), style),
    ...section('Census', censusLines(report.census), style),
    ...section('Findings', said, style),
  ];
  return all[0] === '' ? all.slice(1) : all;
}
