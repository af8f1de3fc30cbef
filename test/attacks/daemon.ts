// Attacks on the daemon: by other users of the machine, and by the agent that it decides.

import type { AttackRows } from './row.ts';

export const daemonAttacks = {
  'daemon-policy-by-link': {
    attack:
      'The agent changes the policy, and a guard starts with a path to it through a link of a folder',
    result: 'The version that was confirmed last is active: the file is the same by any path',
  },
  'daemon-foreign-folder': {
    attack: 'Another user makes the folder of the socket first, and listens in it',
    result: 'Every command refuses, and sends neither calls nor variables',
  },
  'daemon-foreign-socket': {
    attack: 'A socket of another user, or a link to it, is where the daemon is expected',
    result: 'Every command refuses, and sends nothing',
  },
  'daemon-linked-folder': {
    attack: 'Another user puts a symbolic link in place of the folder, or of one above it',
    result: 'Every command refuses',
  },
  'daemon-linked-messages': {
    attack: 'The file for messages of a daemon in the background is a link to another file',
    result: 'The daemon does not start, and the file is unchanged',
  },
  'daemon-shared-parent': {
    attack: 'Others can write to a folder above the socket, or open its own folder',
    result: 'Every command refuses',
  },
  'daemon-race': {
    attack: 'Another user replaces the socket between the check and the connection',
    result: 'Nothing in an accepted path can be replaced',
  },
  'daemon-guessed-path': {
    attack: 'Another user guesses the path of the socket below `/tmp`, and blocks it',
    result: 'Without `XDG_RUNTIME_DIR`, it is in the home folder',
  },
  'daemon-looser-policy': {
    attack: 'The agent changes the policy so that it permits more',
    result: 'The previous policy stays until a person confirms the change',
  },
  'daemon-looser-restart': {
    attack: 'The agent changes the policy while no daemon runs, or restarts the daemon',
    result: 'The version that was confirmed last is active',
  },
  'daemon-planted-module': {
    attack: 'The agent writes a looser module to the cache of compiled policies by a file tool',
    result: 'The tool is refused: the folder is one of the files of the guard',
  },
  'daemon-cached-looser': {
    attack:
      'The agent changes the policy while no daemon runs, and has another program of its user put the looser module into the cache',
    result:
      'The version that was confirmed last is active: a module of the cache waits like its source',
  },
  'daemon-removed-policy': {
    attack: 'The agent removes the policy',
    result: 'The daemon goes on with the previous one, and a later one does not start',
  },
  'daemon-unseen-change': {
    attack: 'The policy changes again between what a person is shown and what they confirm',
    result: 'The digest that they type is not that of the later version',
  },
  'daemon-confirmed-by-program': {
    attack: 'A program without a terminal confirms the change',
    result: 'It is refused, and is not shown what to type',
  },
  'daemon-killed-after-hook': {
    attack:
      'An agent kills the daemon as soon as a hook has answered, so that the next daemon does not know of the use',
    result: 'The use was on the disk before the hook was answered',
  },
} as const satisfies AttackRows;
