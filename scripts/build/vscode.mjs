// `npm run build:vscode`: bundles the VS Code extension into editors/vscode/dist/ and packs it as nhipol-VERSION.vsix there;
// `--bundle` stops before the package, which needs the packages of editors/vscode. Needs no network.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { vscodeBundles } from '../editors/vscode-bundles.mjs';
import { writeNotices } from './notices.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'editors/vscode');
const dist = join(folder, 'dist');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const { options, file, format } of vscodeBundles) {
  const bundle = await rolldown(options);
  await bundle.write({
    file: join(dist, file),
    format,
    minify: true,
    codeSplitting: false,
    ...(format === 'cjs' ? { exports: 'named' } : {}),
  });
  await bundle.close();
}
if (!process.argv.includes('--bundle')) {
  await writeNotices();
  pack();
}

function pack() {
  const copies = ['LICENSE', 'THIRD-PARTY-NOTICES.md'];
  for (const name of copies) copyFileSync(join(root, name), join(folder, name));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = join(dist, `nhipol-${version}.vsix`);
  const vsce = join(folder, 'node_modules/@vscode/vsce/vsce');
  const source = 'https://github.com/nhipol/nhipol';
  const links = ['--baseContentUrl', `${source}/blob/HEAD/editors/vscode`];
  const images = ['--baseImagesUrl', `${source}/raw/HEAD/editors/vscode`];
  const options = ['package', '--no-dependencies', ...links, ...images, '--out', file];
  try {
    execFileSync(process.execPath, [vsce, ...options], { cwd: folder, stdio: 'inherit' });
  } finally {
    for (const name of copies) rmSync(join(folder, name), { force: true });
  }
  console.log(`${file}: ${statSync(file).size} bytes`);
}
