import { describeFinding, type Finding } from '../kube/finding.ts';
import { printable } from './printable.ts';

/** A finding as a member of a document. */
export function findingDocument(finding: Finding): object {
  return { code: finding.code, message: finding.message, path: finding.path ?? null };
}

/** A finding for people, on one line. */
export function findingLine(finding: Finding): string {
  return printable(describeFinding(finding));
}
