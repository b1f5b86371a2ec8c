import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A whole ELF program of i386: `mov $1, %eax; xor %ebx, %ebx; int $0x80`, which is exit(0). */
const EXIT_386 = Buffer.from(
  [
    // executable, i386, entry at 0x8048054, one program header at 52
    '7f454c4601010100000000000000000002000300010000005480040834000000',
    '0000000000000000340020000100000000000000',
    // PT_LOAD of the whole file at 0x8048000, readable and executable
    '010000000000000000800408008004085d0000005d0000000500000000100000',
    'b80100000031dbcd80',
  ].join(''),
  'hex',
);

let answer: { reason: string | undefined } | undefined;

/** Why no program of i386 can run on this kernel, whatever is installed; undefined where they do. */
export function cannotRun386(): string | undefined {
  answer ??= { reason: tryToRun() };
  return answer.reason;
}

function tryToRun(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'podprobe-i386-'));
  try {
    const program = join(directory, 'exit');
    writeFileSync(program, EXIT_386, { mode: 0o755 });
    const { status } = spawnSync(program);
    return status === 0 ? undefined : 'this kernel runs no i386 programs (no IA-32 emulation)';
  } finally {
    rmSync(directory, { recursive: true });
  }
}
