import { Worker } from 'node:worker_threads';

const INTERVAL = 500;

/**
 * Ends this process when it has another parent than `parent`, also while its main thread is busy or waits for the kernel. SIGKILL,
 * since a way to end that runs any code of ours would have to wait, too.
 */
export function watchParent(parent: number): Worker {
  const program = `
    setInterval(() => {
      if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL');
    }, ${INTERVAL});
  `;
  const worker = new Worker(program, { eval: true, env: {}, execArgv: [] });
  worker.unref();
  return worker;
}
