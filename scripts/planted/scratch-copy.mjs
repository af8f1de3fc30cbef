// A copy of the repository, as it stands here, that bugs can be planted in: all files that git knows or would,
// and the packages by links. What is planted is taken out again whatever happens between.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { planted } from './plant.mjs';

export class ScratchCopy {
  /** Where it is. */
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
    // A policy reads files within the folder that has it.
    mkdirSync(join(this.root, '.git'));
  }

  async with(bug, use) {
    const path = join(this.root, bug.file);
    const text = readFileSync(path, 'utf8');
    this.#write(path, bug.file, planted(text, bug));
    try {
      return await use();
    } finally {
      this.#write(path, bug.file, text);
    }
  }

  /** The compiler has the assembly library as text. */
  #write(path, file, text) {
    writeFileSync(path, text);
    if (file.startsWith('assembly/')) {
      execFileSync(process.execPath, ['scripts/generate-assembly-sources.mjs'], { cwd: this.root });
    }
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** One by one, for the runtime is a package of the repository itself, and what tools keep is the copy's own. */
function linkPackages(from, to) {
  mkdirSync(join(to, '@nhipol'), { recursive: true });
  symlinkSync('../../runtime', join(to, '@nhipol/runtime'));
  for (const name of readdirSync(from)) {
    if (['@nhipol', '.cache', '.vite', '.vite-temp'].includes(name)) continue;
    symlinkSync(join(from, name), join(to, name));
  }
}
