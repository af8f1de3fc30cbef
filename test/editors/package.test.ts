// The package of the VS Code extension: its files, its size, and that the server in it serves an editor without anything else.

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { Editor } from '../language-server/editor.ts';
import { fileNamesInZip } from './zip.ts';

const folder = fileURLToPath(new URL('../../editors/vscode/', import.meta.url));
const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
interface Manifest {
  readonly version: string;
  readonly icon: string;
  readonly contributes: {
    readonly languages: readonly {
      readonly configuration: string;
      readonly icon: { readonly light: string; readonly dark: string };
    }[];
    readonly grammars: readonly { readonly path: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly markdown: string } }[];
    }[];
  };
}

const packed = join(folder, `dist/nhipol-${manifest.version}.vsix`);

test('the manifest names files that exist', () => {
  const { languages, grammars, walkthroughs } = manifest.contributes;
  const named: readonly string[] = [
    manifest.icon,
    ...languages.flatMap(({ configuration, icon }) => [configuration, icon.light, icon.dark]),
    ...grammars.map(({ path }) => path),
    ...walkthroughs.flatMap(({ steps }) => steps).map(({ media }) => media.markdown),
  ];
  expect(named.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
});

test('the extension and the tree-sitter grammar have the version of nhipol', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, '..', name), 'utf8'));
  const { version } = read('../package.json');
  const versions = [
    manifest,
    read('tree-sitter/package.json'),
    read('tree-sitter/tree-sitter.json').metadata,
  ];
  expect(versions.map((each) => each.version)).toEqual([version, version, version]);
});

describe.skipIf(!existsSync(packed))('the package (npm run build:vscode)', () => {
  test('contains what the extension needs, and nothing else', () => {
    expect(fileNamesInZip(readFileSync(packed))).toEqual([
      '[Content_Types].xml',
      'extension.vsixmanifest',
      'extension/LICENSE.txt',
      'extension/THIRD-PARTY-NOTICES.md',
      'extension/dist/main-browser.cjs',
      'extension/dist/main-node.cjs',
      'extension/dist/server-browser.js',
      'extension/dist/server.mjs',
      'extension/language-configuration.json',
      'extension/media/explanation.css',
      'extension/media/file-dark.svg',
      'extension/media/file-light.svg',
      'extension/media/icon.png',
      'extension/package.json',
      'extension/readme.md',
      'extension/syntaxes/nhipol.markdown.tmLanguage.json',
      'extension/syntaxes/nhipol.tmLanguage.json',
      ...readdirSync(join(folder, 'walkthrough')).map((name) => `extension/walkthrough/${name}`),
    ]);
  });

  test('is smaller than 1.5 MB', () => {
    expect(statSync(packed).size).toBeLessThan(1.5e6);
  });

  test('has a server that runs alone', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'nhipol-server-'));
    copyFileSync(join(folder, 'dist/server.mjs'), join(elsewhere, 'server.mjs'));
    const server = spawn(process.execPath, ['server.mjs', '--stdio'], {
      cwd: elsewhere,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const editor = new Editor({
      reader: new StreamMessageReader(server.stdout),
      writer: new StreamMessageWriter(server.stdin),
      ended: new Promise((resolve) => server.once('exit', resolve)),
    });
    await editor.start();
    await editor.open('file:///p.nhipol', 'policy a\nfor any { permit x when subject.y }\n');
    const [found] = await editor.diagnostics('file:///p.nhipol', (all) => all.length > 0);
    expect(found?.source).toContain('nhipol');
    expect(await editor.stop()).toBe(0);
  });
});
