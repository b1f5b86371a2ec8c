import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an image says of how to start it. */
export type ImageConfig = { Env?: string[]; Cmd?: string[]; Entrypoint?: string[] };

/** Makes an archive, as docker saves an image, of a directory that is its root. Gives its path, in a folder of its own. */
export function makeImage(name: string, root: string, config: ImageConfig): string {
  const folder = mkdtempSync(join(tmpdir(), 'podprobe-image-'));
  const tar = (file: string, from: string, ...names: string[]): void => {
    execFileSync('tar', ['-C', from, '--numeric-owner', '--owner=0', '--group=0', '-cf', join(folder, file), ...names]);
  };
  try {
    tar('layer.tar', root, '.');
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'layer.tar')))
      .digest('hex');
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const rootfs = { type: 'layers', diff_ids: [`sha256:${digest}`] };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ architecture, os: 'linux', config, rootfs }));
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    tar('image.tar', folder, 'manifest.json', 'config.json', 'layer.tar');
    return join(folder, 'image.tar');
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}
