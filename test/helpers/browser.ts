import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { locate } from './toolchain.ts';

/** Debian's; the others are for developers' machines. */
export const BROWSER = 'chromium-headless-shell';

type Message = { id?: number; method?: string; params?: Params; result?: Params; error?: { message: string } };
type Params = Record<string, unknown>;

/** A page in a headless Chromium, spoken to by the DevTools protocol over two pipes: descriptors 3 and 4, NUL ends each message. */
export class Browser implements AsyncDisposable {
  /** What the browser complained of: errors of the console, what a policy forbade, exceptions. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>();
  readonly #events = new Map<string, () => void>();
  #session: string | undefined;
  #next = 1;
  #text = '';

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    const output = child.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    child.once('exit', (code, signal) => this.#end(new Error(`the browser ended: ${code ?? signal}`)));
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'podprobe-browser-'));
    const args = ['--remote-debugging-pipe', `--user-data-dir=${profile}`, '--disable-gpu', '--hide-scrollbars'];
    // root cannot have the sandbox; the pages are the test's own
    const child = spawn(locate(BROWSER), [...args, '--no-sandbox', '--no-first-run', '--disable-dev-shm-usage'], {
      // what Debian has on PATH is a shell script, which the browser outlives: both are in a group of their own
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(child, profile);
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId as string;
    for (const domain of ['Page', 'Log', 'Runtime', 'Network', 'Audits']) await browser.send(`${domain}.enable`);
    return browser;
  }

  /** One command of the protocol. */
  send(method: string, params: Params = {}): Promise<Params> {
    const id = this.#next++;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Loads a file in a window of this size. */
  async open(path: string, width: number, media: { scheme?: 'light' | 'dark'; type?: 'print' } = {}): Promise<void> {
    const { scheme = 'light', type = '' } = media;
    await this.send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
    await this.send('Emulation.setEmulatedMedia', {
      media: type,
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    const loaded = new Promise<void>((resolve) => this.#events.set('Page.loadEventFired', resolve));
    await this.send('Page.navigate', { url: pathToFileURL(path).href });
    await loaded;
  }

  /** Nothing has been complained of, or asked for. */
  forget(): void {
    this.complaints.length = 0;
    this.requests.length = 0;
  }

  /** The value of an expression in the page; it must be JSON. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    return Buffer.from(data as string, 'base64');
  }

  /** The page on paper. */
  async print(): Promise<Buffer> {
    const { data } = await this.send('Page.printToPDF', { printBackground: true });
    return Buffer.from(data as string, 'base64');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'close');
    process.kill(-(this.#child.pid as number), 'SIGKILL');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  #take(chunk: string): void {
    const messages = (this.#text + chunk).split('\0');
    this.#text = messages.pop() ?? '';
    for (const message of messages) this.#hear(JSON.parse(message) as Message);
  }

  #hear({ id, method, params = {}, result = {}, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
      return;
    }
    if (method === 'Network.requestWillBeSent') this.requests.push((params.request as { url: string }).url);
    if (
      /^(Log\.entryAdded|Runtime\.(exceptionThrown|consoleAPICalled)|Audits\.issueAdded|Page\.javascriptDialogOpening)$/.test(
        method ?? '',
      )
    )
      this.complaints.push(`${method} ${JSON.stringify(params)}`);
    this.#events.get(method ?? '')?.();
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
