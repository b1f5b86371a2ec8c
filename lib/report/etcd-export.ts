import type { EtcdReport, ReportedFact } from './etcd-report.ts';

/** One word of a POSIX shell, whatever is in it. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function line(name: string, fact: ReportedFact | null): string[] {
  return fact === null ? [] : [`export ETCDCTL_${name}=${quoteWord(fact.value)}`];
}

/** Whose paths they are, where it is not plain that they are the node's. */
function remark({ certFile }: EtcdReport): string[] {
  if (certFile === null || certFile.given === true || certFile.process?.place !== 'static pod') return [];
  return [`# paths are those that pid ${certFile.process.pid} sees, in its static pod`];
}

/** The variables with which etcdctl does what podprobe does, as lines for a shell. */
export function etcdExport(report: EtcdReport): string[] {
  return [
    ...remark(report),
    'export ETCDCTL_API=3',
    ...line('ENDPOINTS', report.endpoints),
    ...line('CACERT', report.caFile),
    ...line('CERT', report.certFile),
    ...line('KEY', report.keyFile),
  ];
}
