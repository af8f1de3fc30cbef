// Bugs in what keeps the guard from its agent and from other users: the socket of the daemon, the version of the policy
// that is active, the files of the guard, the hooks, and approvals.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: some of the texts are templates.

const tests = (...names) => names.map((name) => `test/hooks/${name}.test.ts`);
const strangers = tests('strangers');
const confirmed = tests('confirmed-policy');
const guarded = tests('guarded-files');
const tools = tests('confirmed-tools');
const installed = tests('install');
const approvals = ['test/service/guard/guard-approve.test.ts'];

export const daemon = [
  {
    id: 'socket-of-anyone',
    file: 'service/daemon/own-socket.ts',
    find: '  expectPrivate(dirname(resolve(socket)), user);\n',
    replace: '',
    does: 'Another user who was first below `/tmp` gets the calls of the agent, and the variables of its servers.',
    by: strangers,
  },
  {
    id: 'socket-below-shared-folder',
    file: 'service/daemon/own-socket.ts',
    find: 'if ((found.mode & othersWrite) === 0 || (found.mode & sticky) !== 0) return;',
    replace: 'if ((found.mode & othersWrite) === 0 || (found.mode & othersWrite) !== 0) return;',
    does: 'Another user renames a folder above the socket, and puts a daemon of their own in its place.',
    by: strangers,
  },
  {
    id: 'messages-through-link',
    file: 'service/daemon/own-socket.ts',
    find: 'constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW',
    replace: 'constants.O_WRONLY | constants.O_APPEND',
    does: 'A daemon in the background empties the file that a link of another user names.',
    by: strangers,
  },
  {
    id: 'looser-policy-active',
    file: 'cli/commands/guard/confirmed-source.ts',
    find: 'return before !== undefined && policy !== undefined && !mayBeLooser(before, policy);',
    replace: 'return before !== undefined && policy !== undefined;',
    does: 'An agent that changes the policy of its guard is permitted what it wrote, seconds later.',
    by: confirmed,
  },
  {
    id: 'looser-in-sessions',
    file: 'cli/versions/looser.ts',
    find: 'return !isProvedEverywhere(verdict) || isLooseningFound(before, after);',
    replace: "return verdict.kind !== 'proved' || isLooseningFound(before, after);",
    does: 'A policy with a rule about the history counts as stricter, although it permits more in sessions.',
    by: confirmed,
  },
  {
    id: 'looser-by-declaration',
    file: 'cli/versions/looser.ts',
    find: '  if (!hasSameDeclarations(before, after)) return true;\n',
    replace: '',
    does: 'A policy that declares and permits another tool becomes active without a person.',
    by: confirmed,
  },
  {
    id: 'links-unfollowed',
    file: 'service/hooks/named-paths.ts',
    find: 'return new Set([resolve(absolute(path, workspace)), ...listRealPlaces(path, workspace)]);',
    replace: 'return new Set([resolve(absolute(path, workspace))]);',
    does: 'An agent writes to its policy through a symbolic link in the repository.',
    by: guarded,
  },
  {
    id: 'guard-named-in-another-case',
    file: 'service/hooks/guarded-files.ts',
    find: '  return plain\n    .toUpperCase()\n    .toLowerCase()\n',
    replace: '  return plain\n',
    does: 'On file systems without case, an agent writes to `GUARD.NHIPOL`.',
    by: guarded,
  },
  {
    id: 'hook-crash-permits',
    file: 'cli/commands/hook/settings.ts',
    find: "const reporting = { type: 'command', command: orBlock(hook), timeout };\n      // A hook",
    replace: "const reporting = { type: 'command', command: hook, timeout };\n      // A hook",
    does: 'Claude Code uses a tool without a decision if nhipol was removed or its hook crashes.',
    by: installed,
  },
  {
    id: 'approval-by-prefix',
    file: 'cli/commands/guard/approve.ts',
    find: '  if (others.length === 0) return request;\n',
    replace: '  if (others.length >= 0) return request;\n',
    does: 'A person approves another call whose id begins in the same way.',
    by: approvals,
  },
  {
    id: 'expired-approval-again',
    file: 'service/store/sqlite-store.ts',
    find: '    endApprovals.run(now, now);\n',
    replace: '',
    does: 'A guard whose clock is slow uses an approval that has expired.',
    by: approvals,
  },
  {
    id: 'approval-after-refusal',
    file: 'service/store/sqlite-store.ts',
    find: '    if (approved.run(id, digest, grantedAt).changes === 0) return false;\n',
    replace: '    approved.run(id, digest, grantedAt);\n',
    does: 'A call that one person has refused is carried out because another one approves it.',
    by: approvals,
  },
  {
    id: 'calls-wait-without-limit',
    file: 'service/store/sqlite-store.ts',
    find: '< ${maxWaiting}\n',
    replace: '< 1000 * ${maxWaiting}\n',
    does: 'An agent hides a call among thousands that wait for a person, and fills the disk.',
    by: approvals,
  },
  {
    id: 'looser-tools-accepted',
    file: 'cli/commands/guard/reviewed-tools.ts',
    find: 'return [...after.pins].some(([name, digest]) => before.pins.get(name) !== digest);',
    replace: 'return [...after.pins].some(([name]) => !before.pins.has(name));',
    does: 'An agent changes the digest of a reviewed tool, and the changed tool is called.',
    by: tools,
  },
  {
    id: 'removed-tools-accepted',
    file: 'cli/commands/guard/reviewed-tools.ts',
    find: 'if (after === undefined || after.server !== before.server) return true;',
    replace:
      'if (after === undefined) return false;\n  if (after.server !== before.server) return true;',
    does: 'An agent removes the file of reviewed tools, and each tool is accepted as it is listed.',
    by: tools,
  },
  {
    id: 'policy-by-other-path',
    file: 'cli/versions/confirmed-versions.ts',
    find: '[...new Set([full, realName(full)])]',
    replace: '[full]',
    does: 'A looser policy is active that a guard reads through a link of its folder.',
    by: confirmed,
  },
  {
    id: 'link-not-followed',
    file: 'service/hooks/named-paths.ts',
    find: 'return new Set([realPlace(resolve(raw)), realPlace(raw)]);',
    replace: 'return new Set([resolve(raw)]);',
    does: 'An agent reads a secret through a link in its working directory.',
    by: guarded,
  },
  {
    id: 'link-to-missing-file',
    file: 'service/hooks/named-paths.ts',
    find: "if (!lstatSync(path).isSymbolicLink()) return 'file';",
    replace: "if (!lstatSync(path).isSymbolicLink() || path !== '') return 'file';",
    does: 'An agent creates a file outside of its working directory by writing through a link.',
    by: guarded,
  },
  {
    id: 'bare-repository',
    file: 'service/hooks/guarded-files.ts',
    find: ' || last === foldCase(repositoryFile)',
    replace: '',
    does: 'An agent writes a repository whose settings name a program, which `git status` runs.',
    by: guarded,
  },
  {
    id: 'completed-repository',
    file: 'service/hooks/repositories.ts',
    find: '/^(?:ref:|[0-9a-f]{40})/i.test(readStart(path))',
    replace: "lstatSync(join(folder, 'objects'), { throwIfNoEntry: false }) !== undefined",
    does: 'An agent writes `config` and then `objects` next to a `HEAD`, and `git status` runs a program that `config` names.',
    by: guarded,
  },
  {
    id: 'many-paths-unexamined',
    file: 'service/hooks/guarded-files.ts',
    find: 'if (paths === undefined) return true;',
    replace: 'if (paths === undefined) return false;',
    does: 'A use with a thousand paths writes to the policy as the last one.',
    by: guarded,
  },
  {
    id: 'hooks-of-any-version',
    file: 'cli/commands/hook/agent-version.ts',
    find: 'if (minVersion !== undefined && isOlder(found, minVersion)) {',
    replace: 'if (minVersion !== undefined && isOlder(found, minVersion) && found[0] === 0) {',
    does: 'Hooks are installed for a version of an agent that uses a tool if its hook fails.',
    by: ['test/hooks/install.test.ts'],
  },
];
