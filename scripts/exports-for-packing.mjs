// The published packages contain no TypeScript sources, so the condition `source` of their exports has no target.
// `strip` removes it from the package.json of the working directory before packing. `restore` restores the original
// file.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const [path, backup] = ['package.json', '.package.json.before-pack'];

const actions = {
  strip() {
    // A copy that an interrupted run left is the original.
    const text = readFileSync(existsSync(backup) ? backup : path, 'utf8');
    const manifest = JSON.parse(text);
    for (const conditions of Object.values(manifest.exports)) delete conditions.source;
    writeFileSync(backup, text);
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  },
  restore() {
    if (existsSync(backup)) renameSync(backup, path);
  },
};

const action = actions[process.argv[2]];
if (action === undefined) throw new Error('expected strip or restore');
action();
