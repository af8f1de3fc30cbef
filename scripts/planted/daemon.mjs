// Bugs in what keeps the guard from its agent and from other users: the socket of the daemon, and the version of the policy
// that is active.

const tests = (...names) => names.map((name) => `test/hooks/${name}.test.ts`);
const strangers = tests('strangers');
const confirmed = tests('confirmed-policy');

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
    find: "return verdict.kind !== 'proved' || !verdict.assumptions.inSessions;",
    replace: "return verdict.kind !== 'proved';",
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
];
