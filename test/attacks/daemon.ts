// Attacks on the daemon: by other users of the machine, and by the agent that it decides.

import type { AttackRows } from './row.ts';

export const daemonAttacks = {
  'daemon-foreign-folder': {
    attack: 'another user makes the folder of the socket first, and listens in it',
    result: 'every command refuses, and sends neither calls nor variables',
  },
  'daemon-foreign-socket': {
    attack: 'a socket of another user, or a link to it, is where the daemon is expected',
    result: 'every command refuses, and sends nothing',
  },
  'daemon-linked-folder': {
    attack: 'another user puts a symbolic link in place of the folder, or of one above it',
    result: 'every command refuses',
  },
  'daemon-linked-messages': {
    attack: 'the file for messages of a daemon in the background is a link to another file',
    result: 'the daemon does not start, and the file is unchanged',
  },
  'daemon-shared-parent': {
    attack: 'others can write to a folder above the socket, or open its own folder',
    result: 'every command refuses',
  },
  'daemon-race': {
    attack: 'another user replaces the socket between the check and the connection',
    result: 'nothing in an accepted path can be replaced',
  },
  'daemon-guessed-path': {
    attack: 'another user guesses the path of the socket below `/tmp`, and blocks it',
    result: 'without `XDG_RUNTIME_DIR`, it is in the home folder',
  },
  'daemon-looser-policy': {
    attack: 'the agent changes the policy so that it permits more',
    result: 'the previous policy stays until a person confirms the change',
  },
  'daemon-looser-restart': {
    attack: 'the agent changes the policy while no daemon runs, or restarts the daemon',
    result: 'the version that was confirmed last is active',
  },
  'daemon-removed-policy': {
    attack: 'the agent removes the policy',
    result: 'the daemon goes on with the previous one, and a later one does not start',
  },
  'daemon-unseen-change': {
    attack: 'the policy changes again between what a person is shown and what they confirm',
    result: 'the digest that they type is not that of the later version',
  },
  'daemon-confirmed-by-program': {
    attack: 'a program without a terminal confirms the change',
    result: 'it is refused, and is not shown what to type',
  },
} as const satisfies AttackRows;
