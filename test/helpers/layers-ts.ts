import { posix } from 'node:path';
import ts from 'typescript';

// From the top down; a line may use the lines below it, never the names beside it.
const layers = [
  ['cli'],
  ['report'],
  ['demo'],
  ['trail', 'doctor', 'drift'],
  ['kube'],
  ['volumes'],
  ['etcd', 'environ', 'mounts', 'exec', 'rootfs', 'watch'],
  ['namespaces'],
  ['processes'],
  ['process'],
  ['call', 'options', 'permission'],
  ['watchdog'],
  ['native'],
  ['document'],
  ['errors'],
  ['root'],
];

const indexUsers = ['cli', 'demo'];
const spawners = /^lib\/(demo\/|exec\.ts$|trail\/scan\/scan-child\.ts$)/;
const terminal = ['argv', 'stdout', 'stdin', 'exit', 'exitCode'];

type Source = { path: string; module: string; imports: string[]; facts: string[] };

/** What breaks the direction rules among these lib/ files (path -> text). */
export function findTsViolations(files: ReadonlyMap<string, string>): string[] {
  const sources = [...files].map(([path, text]) => parse(path, text));
  const index = files.get('lib/index.ts');
  return [
    ...sources.flatMap(({ path, module, imports }) => imports.flatMap((target) => judgeImport(path, module, target))),
    ...sources.flatMap(({ path, module, facts }) => (module === 'cli' ? [] : facts.map((fact) => `${path}: ${fact}`))),
    ...(index === undefined ? [] : judgeIndex(index)),
    ...sources.filter(({ module }) => module === 'etcd').flatMap((source) => judgeReach(source, sources)),
  ];
}

function judgeImport(path: string, from: string, target: string): string[] {
  const broken = (why: string) => [`${path}: imports ${target}: ${why}`];
  if (!target.startsWith('lib/')) return judgePackage(path, target).flatMap(broken);
  const to = moduleOf(target);
  if (from === 'index') return to === 'cli' ? broken('the library does not hold the command line') : [];
  if (to === 'index') return indexUsers.includes(from) ? [] : broken('only the command line uses the public face');
  if (from === to) return [];
  const [above, below] = [layerOf(from), layerOf(to)];
  if (above < 0) return broken(`${from} is in no layer`);
  if (below < 0) return broken(`${to} is in no layer`);
  if (above === below) return broken(`${from} and ${to} are side by side`);
  return above < below ? [] : broken(`${to} is above ${from}`);
}

function judgePackage(path: string, name: string): string[] {
  const bare = name.replace(/^node:/, '');
  if (name.startsWith('.')) return ['outside of lib/'];
  if (bare === 'bindings' && path !== 'lib/native.ts') return ['only native.ts loads the addon'];
  if (bare === 'child_process' && !spawners.test(path)) return ['only demo/, exec.ts and scan-child.ts start programs'];
  if (bare === 'process' && moduleOf(path) !== 'cli') return ['only cli/ touches the terminal'];
  return [];
}

function judgeIndex(text: string): string[] {
  const { statements } = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest);
  const others = statements.filter((node) => !(ts.isExportDeclaration(node) && node.moduleSpecifier));
  return others.map((node) => `lib/index.ts: is no re-export: ${text.slice(node.pos, node.end).trim().slice(0, 60)}`);
}

function judgeReach(start: Source, sources: Source[]): string[] {
  const seen = new Set([start.path]);
  for (const path of seen) {
    for (const target of sources.find((source) => source.path === path)?.imports ?? []) seen.add(target);
  }
  return seen.has('lib/native.ts') ? [`${start.path}: reaches lib/native.ts`] : [];
}

function layerOf(module: string): number {
  return layers.findIndex((names) => names.includes(module));
}

function moduleOf(path: string): string {
  return path.replace(/^lib\//, '').replace(/(\/.*|\.ts)$/, '');
}

function parse(path: string, text: string): Source {
  const source: Source = { path, module: moduleOf(path), imports: [], facts: [] };
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) source.imports.push(resolve(path, specifier));
    const fact = terminalUse(node);
    if (fact !== undefined) source.facts.push(fact);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  if (source.module !== 'index' && layerOf(source.module) < 0) source.facts.push(`${source.module} is in no layer`);
  return source;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? (literal(node.arguments[0]) ?? '(computed)') : undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function terminalUse(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [object, member] = [node.expression.text, node.name.text];
  const touches = object === 'console' || (object === 'process' && terminal.includes(member));
  return touches ? `uses ${object}.${member}: only cli/ touches the terminal` : undefined;
}

function resolve(path: string, specifier: string): string {
  return specifier.startsWith('.') ? keepOutside(posix.join(posix.dirname(path), specifier)) : specifier;
}

function keepOutside(path: string): string {
  return path.startsWith('lib/') ? path : `./${path}`;
}
