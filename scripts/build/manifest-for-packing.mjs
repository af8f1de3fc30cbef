// Writes the package.json that is published, before packing; `restore` restores the original one afterwards.
//
// - The published packages contain no TypeScript sources, so the condition `nhipol-source` of their exports is removed.
// - A dependency on each published workspace that is not a host is added. In the repository npm links workspaces without one; with one, nhipol could
//   not be installed from Git, as pre-commit does, before the workspace is published in the same version.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const [path, backup] = ['package.json', '.package.json.before-pack'];

const actions = {
  prepare() {
    // A copy that an interrupted run left is the original.
    const text = readFileSync(existsSync(backup) ? backup : path, 'utf8');
    const manifest = JSON.parse(text);
    for (const conditions of Object.values(manifest.exports)) delete conditions['nhipol-source'];
    for (const folder of manifest.workspaces ?? []) {
      if (folder.startsWith('hosts/')) continue;
      const workspace = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
      if (!workspace.private) manifest.dependencies[workspace.name] = workspace.version;
    }
    writeFileSync(backup, text);
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  },
  restore() {
    if (existsSync(backup)) renameSync(backup, path);
  },
};

const action = actions[process.argv[2]];
if (action === undefined) throw new Error('expected prepare or restore');
action();
