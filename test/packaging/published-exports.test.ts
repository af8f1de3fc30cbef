// The exports of the published packages name files of the package, and no unpublished sources; their dependencies contain
// the workspaces.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

const workspaces = ['runtime', 'service'];
const versions = Object.fromEntries(
  workspaces.map((folder) => {
    const { version } = readManifest(join(root, folder, 'package.json'));
    return [`@nhipol/${folder}`, version];
  }),
);

const packages: readonly (readonly [name: string, folder: string])[] = [
  ['nhipol', '.'],
  ...workspaces.map((folder) => [`@nhipol/${folder}`, folder] as const),
];

test.each(packages)(
  'the package %s exports no sources',
  async (_, folder) => {
    const copy = mkdtempSync(join(tmpdir(), 'nhipol-pack-'));
    try {
      const write = (path: string, text: string) => {
        mkdirSync(dirname(join(copy, path)), { recursive: true });
        writeFileSync(join(copy, path), text);
      };
      const script = 'scripts/build/manifest-for-packing.mjs';
      const { workspaces: all = [] } = readManifest(join(root, 'package.json'));
      const manifests = all.map((each) => `${each}/package.json`);
      for (const path of [script, ...manifests]) {
        write(path, readFileSync(join(root, path), 'utf8'));
      }
      // The notices, which the test does not need, are made from the installed packages.
      write('scripts/build/write-notices.mjs', '');
      const before = readFileSync(join(root, folder, 'package.json'), 'utf8');
      const manifest = JSON.parse(before) as Manifest & { scripts: Record<string, string> };
      // Disables the build, which the test does not need.
      const text = JSON.stringify({
        ...manifest,
        scripts: { ...manifest.scripts, prepare: 'true' },
      });
      write(join(folder, 'package.json'), text);
      for (const conditions of Object.values(manifest.exports)) {
        expect(conditions['nhipol-source']).toBeDefined();
        for (const target of Object.values(conditions)) write(join(folder, target), '');
      }
      const run = promisify(execFile);
      const cwd = join(copy, folder);
      const { stdout } = await run('npm', ['pack', '--json', '--silent'], { cwd });
      const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as {
        filename: string;
        files: { path: string }[];
      }[];
      await run('tar', ['xzf', packed?.filename ?? ''], { cwd });
      const published = readManifest(join(cwd, 'package/package.json'));
      const added = manifest.workspaces === undefined ? {} : versions;
      expect(published.dependencies).toEqual({ ...manifest.dependencies, ...added });
      const files = new Set(packed?.files.map(({ path }) => `./${path}`));
      expect(Object.keys(published.exports)).toEqual(Object.keys(manifest.exports));
      for (const conditions of Object.values(published.exports)) {
        expect(Object.keys(conditions)).toEqual(['types', 'default']);
        for (const target of Object.values(conditions)) expect(files).toContain(target);
      }
      expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toBe(text);
    } finally {
      rmSync(copy, { recursive: true });
    }
  },
  60_000,
);
