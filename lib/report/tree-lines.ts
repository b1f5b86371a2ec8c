/** A line of a tree, and what is below it. */
export interface TreeNode {
  /** The first stands at the branch, the others below it. */
  readonly lines: readonly string[];
  readonly children: readonly TreeNode[];
}

function branchLines({ lines, children }: TreeNode, isLast: boolean): string[] {
  const [first = '', ...others] = lines;
  const stem = isLast ? '   ' : '│  ';
  const below = [...others.map((line) => (children.length > 0 ? `│  ${line}` : line)), ...childLines(children)];
  return [`${isLast ? '└─' : '├─'} ${first}`, ...below.map((line) => stem + line)];
}

function childLines(children: readonly TreeNode[]): string[] {
  return children.flatMap((child, i) => branchLines(child, i === children.length - 1));
}

/** A tree in lines; the root stands at the margin. */
export function treeLines({ lines, children }: TreeNode): string[] {
  return [...lines, ...childLines(children)];
}
