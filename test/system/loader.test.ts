import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertLive, assertTrueOrRefused, hostile, readBounded, startHostile, unfit } from '../helpers/hostile.ts';
import { suite } from '../helpers/suite.ts';
import { Target } from '../helpers/target.ts';

const test = suite('lies of the loader');
const skip = unfit();
const env = { FIRST: '1', SECOND: '2' };
const truth = ['FIRST=1', 'SECOND=2', 'HONEST=1', 'ALSO=two'];
const directory = mkdtempSync(join(tmpdir(), 'podprobe-loader-'));
test.after(() => rmSync(directory, { recursive: true }));

const modes = {
  cycle: 'a chain of objects whose end is its beginning',
  'self-cycle': 'an object that follows itself',
  'million-nodes': 'a million objects before libc',
  'unmapped-node': 'an object that is not mapped',
  'unmapped-chain': 'a chain that is not mapped',
  'endless-dynamic': 'a dynamic section without an end',
  'gnu-endless': 'a GNU hash chain without an end',
  'gnu-zero': 'a GNU hash table of zeros',
  'gnu-huge': 'a GNU hash table of huge counts',
  'sysv-cycle': 'a System V hash chain that is a ring',
  'sysv-zero': 'a System V hash table of zeros',
  'sysv-huge': 'a System V hash table of huge counts',
  'wild-symbol': 'a fake __environ at an address that is not mapped',
  'many-program-headers': 'AT_PHNUM of 60000',
  'unmapped-program-headers': 'AT_PHDR at an address that is not mapped',
  'odd-program-header-size': 'AT_PHENT of 1',
};

for (const [mode, lie] of Object.entries(modes)) {
  test(
    `finds the truth or says that it did not: ${lie}`,
    async () => {
      await using target = await startHostile(['loader', mode], { env });
      const { live } = await readBounded(target.pid);
      assertTrueOrRefused(live, truth);
    },
    { skip },
  );
}

const E_SHOFF = 40;
const E_SHENTSIZE = 58;
const E_SHNUM = 60;
const E_SHSTRNDX = 62;
const SECTION_SIZE = 64;
const PROGRAM_HEADERS = 64;
const PROGRAM_HEADER_SIZE = 56;
const SHT_SYMTAB = 2;

type Patch = (file: Buffer) => Buffer;

const lies: Record<string, Patch> = {
  '65535 sections': (file) => edit(file, () => file.writeUInt16LE(0xffff, E_SHNUM)),
  'sections at the end of the address space': (file) =>
    edit(file, () => file.writeBigUInt64LE(0xffff_ffff_ffff_ff00n, E_SHOFF)),
  'sections of size 1': (file) => edit(file, () => file.writeUInt16LE(1, E_SHENTSIZE)),
  'a section name table that is none': (file) => edit(file, () => file.writeUInt16LE(0xfffe, E_SHSTRNDX)),
  'a huge symbol table': (file) => edit(file, () => patchSymbols(file, 32, 0x7fff_ffff_ffff_fff0n)),
  'a symbol table far behind the file': (file) => edit(file, () => patchSymbols(file, 24, 0x7fff_ffff_ffff_0000n)),
  'symbols of size 0': (file) => edit(file, () => patchSymbols(file, 56, 0n)),
  'symbols whose string table is no section': (file) =>
    edit(file, () => file.writeUInt32LE(0xffff, symbolSection(file) + 40)),
  'symbol names behind the string table': (file) => edit(file, () => patchNames(file)),
  'an extended section count of 4 G': (file) =>
    edit(file, () => {
      file.writeUInt16LE(0, E_SHNUM);
      file.writeBigUInt64LE(0xffff_ffffn, sections(file) + 32);
    }),
  'a note that is larger than the file': (file) => edit(file, () => patchNote(file)),
  '1170 program headers': manyProgramHeaders,
};

function edit(file: Buffer, change: () => void): Buffer {
  change();
  return file;
}

function sections(file: Buffer): number {
  return Number(file.readBigUInt64LE(E_SHOFF));
}

function symbolSection(file: Buffer): number {
  const start = sections(file);
  for (let i = 0; i < file.readUInt16LE(E_SHNUM); i++) {
    const at = start + i * SECTION_SIZE;
    if (file.readUInt32LE(at + 4) === SHT_SYMTAB) return at;
  }
  throw new Error('the fixture has no symbol table');
}

function patchSymbols(file: Buffer, offset: number, value: bigint): void {
  file.writeBigUInt64LE(value, symbolSection(file) + offset);
}

function patchNames(file: Buffer): void {
  const section = symbolSection(file);
  const start = Number(file.readBigUInt64LE(section + 24));
  const size = Number(file.readBigUInt64LE(section + 32));
  for (let at = start; at < start + size; at += 24) file.writeUInt32LE(0xffff_fff0, at);
}

function patchNote(file: Buffer): void {
  const PT_NOTE = 4;
  for (let i = 0; i < file.readUInt16LE(56); i++) {
    const at = PROGRAM_HEADERS + i * PROGRAM_HEADER_SIZE;
    if (file.readUInt32LE(at) === PT_NOTE) file.writeBigUInt64LE(0x7fff_ffff_0000n, at + 32);
  }
}

/** The most that the kernel takes: the real ones, then empty ones, at the end of the file. */
function manyProgramHeaders(file: Buffer): Buffer {
  const MOST = 1170;
  const real = file.subarray(PROGRAM_HEADERS, PROGRAM_HEADERS + file.readUInt16LE(56) * PROGRAM_HEADER_SIZE);
  const table = Buffer.alloc(MOST * PROGRAM_HEADER_SIZE);
  real.copy(table);
  file.writeBigUInt64LE(BigInt(file.length), 32);
  file.writeUInt16LE(MOST, 56);
  return Buffer.concat([file, table]);
}

async function lyingProgram(name: string, patch: Patch): Promise<string> {
  const path = join(directory, name.replaceAll(' ', '-'));
  writeFileSync(path, patch(readFileSync(await hostile('tiny'))));
  chmodSync(path, 0o755);
  return path;
}

test(
  'finds the environment of a program that has only a symbol table to tell it',
  async () => {
    await using target = await startHostile(['tiny'], { env });
    assertLive((await readBounded(target.pid)).live, ['TINY=1', 'LIVE=1']);
  },
  { skip },
);

for (const [lie, patch] of Object.entries(lies)) {
  test(
    `survives a program file that claims ${lie}`,
    async () => {
      await using target = await Target.start([await lyingProgram(lie, patch)], { env });
      const { initial, live } = await readBounded(target.pid);
      assert.equal(initial?.state, 'intact');
      assertTrueOrRefused(live, ['TINY=1', 'LIVE=1']);
    },
    { skip },
  );
}

test.run();
