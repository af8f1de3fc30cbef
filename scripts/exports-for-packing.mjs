// What is published has no TypeScript sources, so that the condition `source` of its exports leads nowhere. `strip` takes it out of
// the package.json of the working directory before it is packed, `restore` puts the file back as it was.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const [path, aside] = ['package.json', '.package.json.before-pack'];

const actions = {
  strip() {
    // One that was left by a run that was cut off is the real one.
    const text = readFileSync(existsSync(aside) ? aside : path, 'utf8');
    const manifest = JSON.parse(text);
    for (const conditions of Object.values(manifest.exports)) delete conditions.source;
    writeFileSync(aside, text);
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  },
  restore() {
    if (existsSync(aside)) renameSync(aside, path);
  },
};

const action = actions[process.argv[2]];
if (action === undefined) throw new Error('strip or restore?');
action();
