// Bugs in the cache of compiled policies: modules that are used for another policy or another compiler, or that somebody else
// has written.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

const keys = ['test/cache/keys.test.ts'];
const attacks = ['test/cache/attacks.test.ts'];
const writers = ['test/cache/writers.test.ts'];
const confirmed = ['test/hooks/confirmed-policy.test.ts'];

export const cache = [
  {
    id: 'cache-digest-not-checked',
    file: 'cli/cache/entry.ts',
    find: '  if (digest !== digestBytes(content)) return undefined;\n',
    replace: '  if (digest.length !== digestBytes(content).length) return undefined;\n',
    does: 'A module with a changed byte decides.',
    by: attacks,
  },
  {
    id: 'cache-owner-not-checked',
    file: 'cli/cache/own-file.ts',
    find: 'return uid === process.getuid?.() && (mode & permissionBits) === expected;',
    replace: 'return uid >= 0 && (mode & permissionBits) === expected;',
    does: 'A module that another user wrote decides.',
    by: attacks,
  },
  {
    id: 'cache-permissions-not-checked',
    file: 'cli/cache/own-file.ts',
    find: 'return uid === process.getuid?.() && (mode & permissionBits) === expected;',
    replace: 'return uid === process.getuid?.() && (mode & expected) === expected;',
    does: 'A module that others may write decides.',
    by: attacks,
  },
  {
    id: 'cache-entry-link-followed',
    file: 'cli/cache/own-file.ts',
    find: 'open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)',
    replace: 'open(path, O_RDONLY | O_NONBLOCK)',
    does: 'A link in the place of an entry is followed.',
    by: attacks,
  },
  {
    id: 'cache-below-folders-of-others',
    file: 'cli/cache/own-file.ts',
    find: 'return stats.isDirectory() && isOwn(stats, folderMode) && isPrivate(folder);',
    replace: 'return stats.isDirectory() && isOwn(stats, folderMode);',
    does: 'A module decides that is below a folder which others can replace.',
    by: attacks,
  },
  {
    id: 'cache-read-from-any-folder',
    file: 'cli/cache/module-cache.ts',
    find: '      if (!(await isOwnFolder(folder))) return undefined;\n',
    replace: '      await isOwnFolder(folder);\n',
    does: 'Modules are used from a folder that others may write to.',
    by: attacks,
  },
  {
    id: 'cache-written-to-any-folder',
    file: 'cli/cache/module-cache.ts',
    find: '      if (!(await prepareOwnFolder(folder))) return;\n',
    replace: '      await prepareOwnFolder(folder);\n',
    does: 'Modules are written to the folder of somebody else.',
    by: attacks,
  },
  {
    id: 'cache-imports-not-compared',
    file: 'cli/cache/key.ts',
    find: 'return digestJson([listInputs(compiler, parts), entry, sorted]);',
    replace:
      'return digestJson([listInputs(compiler, parts), entry, sources.get(entry), sorted.length]);',
    does: 'After a change of an imported file, the guard starts with the module of the previous one.',
    by: keys,
  },
  {
    id: 'cache-key-not-compared',
    file: 'cli/cache/module-cache.ts',
    find: 'if (cacheEntry.key !== computeKey(compiler, parts, entry, sources)) return undefined;',
    replace:
      'if (cacheEntry.key.length !== computeKey(compiler, parts, entry, sources).length) return undefined;',
    does: 'After a change of an imported file, the guard starts with the module of the previous one.',
    by: keys,
  },
  {
    id: 'cache-options-not-in-key',
    file: 'cli/cache/key.ts',
    find: "return ['nhipol-cache/1', version, build, sessions, possible, quick];",
    replace: "return ['nhipol-cache/1', version, build, sessions, possible || quick];",
    does: 'A module that was compiled with other options is used.',
    by: keys,
  },
  {
    id: 'cache-version-not-in-key',
    file: 'cli/cache/key.ts',
    find: "return ['nhipol-cache/1', version, build, sessions, possible, quick];",
    replace:
      "return ['nhipol-cache/1', version === '' ? version : '', build, sessions, possible, quick];",
    does: 'After an update that fixes the compiler, or a rollback, the modules of the other version decide.',
    by: keys,
  },
  {
    id: 'cache-build-not-in-key',
    file: 'cli/cache/key.ts',
    find: "return ['nhipol-cache/1', version, build, sessions, possible, quick];",
    replace:
      "return ['nhipol-cache/1', version, build === '' ? build : '', sessions, possible, quick];",
    does: 'Modules of another build of the same version decide.',
    by: keys,
  },
  {
    id: 'cache-used-by-other-programs',
    file: 'cli/cache/build-digest.ts',
    find: '    return undefined;',
    replace: "    return '';",
    does: 'After a change of the compiler in a checkout, the modules of the former one are used.',
    by: ['test/cache/place.test.ts'],
  },
  {
    id: 'cache-written-in-place',
    file: 'cli/cache/own-file.ts',
    find: 'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, fileMode);\n  try {\n',
    replace:
      'O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, fileMode);\n  try {\n    await rename(temporary, path);\n    await file.truncate();\n',
    does: 'A second guard starts with what the first one has written so far of an entry.',
    by: writers,
  },
  {
    id: 'cache-full-disk-fails',
    file: 'cli/cache/module-cache.ts',
    find: '    } catch {\n      // The next start compiles again.\n    }',
    replace: '    } finally {\n      // The next start compiles again.\n    }',
    does: 'A guard does not start when the disk is full.',
    by: writers,
  },
  {
    id: 'cache-left-when-full',
    file: 'cli/cache/own-file.ts',
    find: '    await rm(temporary, { force: true });\n',
    replace: '',
    does: 'Each start with a full disk leaves a part of a module on it.',
    by: writers,
  },
  {
    id: 'cache-used-entries-evicted',
    file: 'cli/cache/own-file.ts',
    find: '    await markUsed(file);\n',
    replace: '    if (bytes.length === 0) await markUsed(file);\n',
    does: 'The module of a guard that starts every day is removed before those that nobody uses.',
    by: writers,
  },
  {
    id: 'cache-newest-evicted',
    file: 'cli/cache/evict.ts',
    find: '.sort((a, b) => b.time - a.time)',
    replace: '.sort((a, b) => a.time - b.time)',
    does: 'The module that was just compiled is removed from a full cache.',
    by: writers,
  },
  {
    id: 'cache-not-confirmed',
    file: 'cli/commands/guard/policies/confirmed-source.ts',
    find: 'if (cached !== undefined && this.#isConfirmed(cached)) {',
    replace: 'if (cached !== undefined) {',
    does: 'A changed policy whose module is in the cache becomes active without a person.',
    by: confirmed,
  },
  {
    id: 'cache-warnings-not-printed',
    file: 'cli/commands/guard/policies/confirmed-source.ts',
    find: '      printWarnings(cached, console);\n',
    replace: '      if (cached.files.length === 0) printWarnings(cached, console);\n',
    does: 'The warnings of a policy are printed only when it is compiled.',
    by: confirmed,
  },
];
