import { EXIT } from './exit-code.ts';

/** Ends without a word when whoever reads the output has gone, as `| head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`podprobe: the output cannot be written: ${error.message}\n`);
    process.exit(EXIT.incomplete);
  });
}
