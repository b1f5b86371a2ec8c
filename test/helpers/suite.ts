import { suite as uvuSuite } from 'uvu';
import { describeFailure, withLimit } from './limit.ts';

type Body = () => unknown;
type Options = {
  /** What is missing, and can be installed: a failure with PODPROBE_NO_SKIP=1. */
  skip?: string | undefined;
  /** What this kernel or processor cannot do, whatever is installed: skipped in any case, and counted. */
  impossible?: string | undefined;
  timeout?: number | undefined;
};
type HookOptions = { timeout?: number | undefined };

interface Hook {
  (body: Body, options?: HookOptions): void;
  each(body: Body, options?: HookOptions): void;
}

export interface Suite {
  (fact: string, body: Body, options?: Options): void;
  before: Hook;
  after: Hook;
  run(): void;
}

type Step = { what: string; body: Body; timeout: number };
type Steps = { before: Step[]; beforeEach: Step[]; afterEach: Step[]; after: Step[] };
type Case = Step & { skip: string | undefined; impossible: string | undefined };

const TEST_LIMIT = 30_000;
const HOOK_LIMIT = 120_000;
const LINGER_LIMIT = 3_000;

const unfinished = new Map<symbol, string>();
const failures: string[] = [];
let begun = false;

/** A uvu suite that cannot succeed without having run: see test/suite.test.ts for what it guards against. */
export function suite(name: string): Suite {
  const key = Symbol(name);
  const cases: Case[] = [];
  const steps: Steps = { before: [], beforeEach: [], afterEach: [], after: [] };
  let closed = false;
  unfinished.set(key, `suite '${name}' was never run: .run() is missing`);

  const add = (fact: string, body: Body, options: Options = {}): void => {
    if (closed) throw new Error(`suite '${name}': '${fact}' comes after .run()`);
    if (cases.some(({ what }) => what === fact)) throw new Error(`suite '${name}': two tests named '${fact}'`);
    const { timeout = TEST_LIMIT, skip, impossible } = options;
    cases.push({ what: fact, body, timeout, skip: skip || undefined, impossible: impossible || undefined });
  };
  const run = (): void => {
    if (closed) throw new Error(`suite '${name}': .run() twice`);
    if (begun) throw new Error(`suite '${name}': .run() after the tests had begun`);
    closed = true;
    register(name, key, cases, steps);
  };
  return Object.assign(add, {
    before: hook('before', steps.before, steps.beforeEach),
    after: hook('after', steps.after, steps.afterEach),
    run,
  });
}

function hook(what: string, once: Step[], each: Step[]): Hook {
  const into =
    (list: Step[], label: string) =>
    (body: Body, options: HookOptions = {}) => {
      list.push({ what: label, body, timeout: options.timeout ?? HOOK_LIMIT });
    };
  return Object.assign(into(once, what), { each: into(each, `${what} each`) });
}

function register(name: string, key: symbol, cases: Case[], steps: Steps): void {
  const target = uvuSuite(name);
  const strict = process.env.PODPROBE_NO_SKIP === '1';
  const skipped = cases.filter(({ skip, impossible }) => impossible || (skip && !strict));
  const active = cases.filter((item) => !skipped.includes(item));
  for (const line of reasonsOf(name, skipped)) process.stdout.write(`skip: ${line}\n`);
  for (const _ of skipped) target.skip();
  const wanted = active.some(({ skip }) => !skip);
  const started = once(() => (wanted ? attempt(steps.before) : Promise.resolve([])));
  for (const [index, item] of active.entries()) {
    const last = index === active.length - 1;
    target(item.what, async () => {
      begun = true;
      const errors = await attemptCase(item, await started(), steps);
      if (last) errors.push(...(wanted ? await attempt(steps.after) : []));
      if (last) finish(key);
      if (errors.length > 0) fail(name, item.what, errors);
    });
  }
  if (cases.length === 0)
    target('has tests', () => fail(name, 'has tests', [new Error(`suite '${name}' has no tests`)]));
  if (active.length > 0) unfinished.set(key, `suite '${name}' did not finish`);
  else unfinished.delete(key);
  target.run();
}

/** One line a test, or one for all where a suite skips many for one reason. */
function reasonsOf(name: string, skipped: readonly Case[]): string[] {
  const reasons = new Set(skipped.map(({ skip, impossible }) => impossible ?? skip));
  if (skipped.length > 3 && reasons.size === 1) return [`${skipped.length} tests of '${name}': ${[...reasons].join()}`];
  return skipped.map(({ what, skip, impossible }) => `${what}: ${impossible ?? skip}`);
}

async function attemptCase(item: Case, broken: unknown[], steps: Steps): Promise<unknown[]> {
  if (item.skip) return [new Error(`skipped, and PODPROBE_NO_SKIP=1: ${item.skip}`)];
  if (broken.length > 0) return [...broken];
  const errors = await attempt(steps.beforeEach);
  if (errors.length === 0) errors.push(...(await attempt([{ ...item, what: '' }])));
  errors.push(...(await attempt(steps.afterEach)));
  return errors;
}

async function attempt(steps: Step[]): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const { what, body, timeout } of steps) {
    try {
      await withLimit(body, timeout);
    } catch (error) {
      errors.push(what ? describeFailure([error], `${what}: `) : error);
    }
  }
  return errors;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function fail(name: string, fact: string, errors: unknown[]): never {
  failures.push(`${name}: ${fact}`);
  throw describeFailure(errors);
}

function finish(key: symbol): void {
  unfinished.delete(key);
  if (unfinished.size > 0) return;
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`the tests are done, but the process does not end: ${open}\n`);
    process.exit(1);
  }, LINGER_LIMIT).unref();
}

// uvu sets process.exitCode itself when it believes to be done, so the last word is spoken here.
process.on('exit', () => {
  for (const problem of unfinished.values()) process.stderr.write(`${problem}\n`);
  if (unfinished.size + failures.length > 0) process.exitCode ||= 1;
});
