import type { Finding } from '../kube/finding.ts';
import type { Trail } from '../trail/trail-result.ts';
import { groupBy } from './group-by.ts';

/** What was not as it should be with the Secret or on the node, each once. */
export function trailFindings({ secret, findings }: Trail): Finding[] {
  const all = [...secret.findings, ...findings];
  return groupBy(all, ({ code, message, path }) => [code, message, path]).map(([first]) => first as Finding);
}
