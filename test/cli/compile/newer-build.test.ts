// The program in a checkout runs what `tsc -b` compiled after the bundle was written; an installed package its bundle.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNewerBuild } from '../../../cli/io/newer-build.ts';

const root = mkdtempSync(join(tmpdir(), 'nhipol-build-'));
const bundle = join(root, 'dist/bin/nhipol.js');
const main = join(root, 'cli/dist/main.js');
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, text: string, seconds: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), seconds, seconds);
}

beforeAll(() => {
  write('package.json', JSON.stringify({ workspaces: ['language', 'cli'] }), 100);
  write('dist/bin/nhipol.js', '', 200);
});

test('an installed package runs its bundle', () => {
  expect(findNewerBuild(bundle)).toBeUndefined();
});

test('a checkout runs the newer of the bundle and the compiled parts', () => {
  write('cli/dist/main.js', '', 150);
  expect(findNewerBuild(bundle)).toBeUndefined();
  write('language/dist/.tsbuildinfo', '', 150);
  expect(findNewerBuild(bundle)).toBeUndefined();
  write('language/dist/.tsbuildinfo', '', 300);
  expect(findNewerBuild(bundle)).toBe(pathToFileURL(main).href);
});
