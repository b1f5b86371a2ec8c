import { posix } from 'node:path';

type Rule = { lists?: readonly string[]; uses: readonly string[] };

const folders: Readonly<Record<string, Rule>> = {
  napi: { lists: ['napi_files'], uses: ['tasks', 'sys', 'core'] },
  tasks: { lists: ['task_files'], uses: ['sys', 'core', 'nsexec/protocol.h'] },
  sys: { lists: ['sys_files'], uses: ['errand/protocol.h'] },
  core: { lists: ['core_files'], uses: [] },
  nsexec: { lists: ['nsexec_files'], uses: ['freestanding'] },
  errand: { lists: ['errand_files'], uses: ['freestanding'] },
  freestanding: { lists: ['freestanding_files'], uses: [] },
  demo: { lists: ['setenv_files', 'pod_files'], uses: [] },
  test: { uses: ['tasks', 'sys', 'core', 'fuzz'] },
  fuzz: { uses: ['core'] },
};

const systemFolders = /^(sys|linux|asm)\//;
const systemHeaders = new Set(
  `cerrno chrono condition_variable csignal cstdio ctime dirent.h dlfcn.h errno.h fcntl.h filesystem fstream future
  iostream mutex poll.h pthread.h sched.h signal.h stdio.h thread time.h unistd.h`.split(/\s+/),
);
const nodeHeaders = /^(napi(-inl)?|node_api|js_native_api|node|uv|v8)\.h$/;
const logic = /\b(if|for|while|switch|try|catch|throw|new|delete|struct|class)\b/;

/** What breaks the direction rules among these native/ files (path -> text), given the text of sources.gypi. */
export function findCppViolations(files: ReadonlyMap<string, string>, sourceLists: string): string[] {
  return [
    ...[...files].flatMap(([path, text]) => judgeFile(path, withoutComments(text))),
    ...judgeLists([...files.keys()], sourceLists),
  ];
}

function judgeFile(path: string, text: string): string[] {
  const includes = [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)];
  const broken = includes.flatMap(([, mark, name]) =>
    (mark === '<' ? judgeSystem(path, `${name}`) : judgeOwn(path, `${name}`)).map(
      (why) => `${path}: includes ${name}: ${why}`,
    ),
  );
  if (!folders[folderOf(path)]) broken.push(`${path}: its folder is in no layer`);
  if (path !== 'native/napi/addon.cc') return broken;
  const found = logic.exec(text.replace(/"[^"\n]*"/g, '""'));
  return found ? [...broken, `${path}: is more than a table: ${found[0]}`] : broken;
}

function judgeSystem(path: string, name: string): string[] {
  const folder = folderOf(path);
  if (nodeHeaders.test(name) && folder !== 'napi') return ['only napi/ knows Node'];
  if (folder === 'core' && (systemFolders.test(name) || systemHeaders.has(name)))
    return ['core asks nothing of the system'];
  return [];
}

function judgeOwn(path: string, name: string): string[] {
  if (nodeHeaders.test(name)) return judgeSystem(path, name);
  const from = folderOf(path);
  const local = !name.includes('/') || name.startsWith('.');
  const to = folderOf(posix.join(local ? posix.dirname(path) : 'native', name));
  const uses = folders[from]?.uses ?? [];
  if (from === to || uses.includes(to) || uses.includes(name)) return [];
  return [`${from}/ may not use ${to}/`];
}

function judgeLists(paths: string[], text: string): string[] {
  const { variables } = JSON.parse(text) as { variables: Record<string, string[]> };
  const listed = Object.entries(variables).flatMap(([list, names]) =>
    names.map((name) => ({ list, path: `native/${name}` })),
  );
  const sources = paths.filter((path) => /\.(cc|c)$/.test(path) && folders[folderOf(path)]?.lists !== undefined);
  const missing = sources.filter((path) => !listed.some((item) => item.path === path));
  const wrong = listed.filter(({ list, path }) => !folders[folderOf(path)]?.lists?.includes(list));
  const gone = listed.filter(({ path }) => !paths.includes(path));
  const twice = listed.filter(({ path }, index) => listed.findIndex((other) => other.path === path) !== index);
  return [
    ...missing.map((path) => `${path}: is in no list of native/sources.gypi`),
    ...wrong.map(({ list, path }) => `${path}: does not belong into ${list}`),
    ...gone.map(({ list, path }) => `${path}: is in ${list}, but does not exist`),
    ...twice.map(({ list, path }) => `${path}: is listed twice, again in ${list}`),
  ];
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*.*?\*\//gs, (part) => (part.startsWith('/') ? ' ' : part));
}
