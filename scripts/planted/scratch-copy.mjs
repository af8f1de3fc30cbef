// A copy of the working tree in which bugs can be planted: all files that git tracks or would track,
// and links to the packages and to installed programs. Planted bugs are always removed.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { plantBug } from './plant.mjs';

/** Programs that tests run if they are installed, and that git ignores. */
const installed = ['test/service/envoy/.venv'];

export class ScratchCopy {
  /** The path of the copy. */
  root = mkdtempSync(join(tmpdir(), 'nhipol-planted-'));

  constructor(from) {
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: from,
    });
    for (const file of listed.toString().split('\0')) {
      if (file === '' || !existsSync(join(from, file))) continue;
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      copyFileSync(join(from, file), join(this.root, file));
    }
    linkPackages(join(from, 'node_modules'), join(this.root, 'node_modules'));
    for (const path of installed) {
      if (existsSync(join(from, path))) symlinkSync(join(from, path), join(this.root, path));
    }
    // Marks the root of a project, within which policies may read files.
    mkdirSync(join(this.root, '.git'));
  }

  async with(bug, use) {
    const path = join(this.root, bug.file);
    const text = readFileSync(path, 'utf8');
    this.#write(path, bug.file, plantBug(text, bug));
    try {
      return await use();
    } finally {
      this.#write(path, bug.file, text);
    }
  }

  /** Writes a file, and regenerates the assembly sources embedded in the compiler if it is one of them. */
  #write(path, file, text) {
    writeFileSync(path, text);
    if (file.startsWith('assembly/')) {
      execFileSync(process.execPath, ['scripts/generate/assembly-sources.mjs'], { cwd: this.root });
    }
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Links each package separately: those of nhipol are packages of the copy, and tools must not share their caches. */
function linkPackages(from, to) {
  mkdirSync(join(to, '@nhipol'), { recursive: true });
  for (const own of readdirSync(join(from, '@nhipol'))) {
    symlinkSync(readlinkSync(join(from, '@nhipol', own)), join(to, '@nhipol', own));
  }
  for (const name of readdirSync(from)) {
    if (['@nhipol', '.cache', '.vite', '.vite-temp'].includes(name)) continue;
    symlinkSync(join(from, name), join(to, name));
  }
}
