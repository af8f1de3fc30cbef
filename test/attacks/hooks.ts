import type { AttackRows } from './row.ts';

export const hooksAttacks = {
  'hooks-bare-repository': {
    attack:
      'A file tool writes a repository whose settings name a program, in a folder without `.git`, and then the agent runs `git status` there',
    result:
      'The tool may not write `HEAD`, nor into a folder that git takes for a repository; a command in another folder needs an approval',
  },
  'hooks-completed-repository': {
    attack:
      'A folder of the project has some parts of a repository, such as a `HEAD`, and a file tool writes the others, in any order, the one that completes it last',
    result:
      'A folder with a `HEAD` that git accepts counts as a repository even without other parts: the tool may write nothing in it, and `HEAD` nowhere',
  },
  'hooks-own-programs': {
    attack: 'A file tool writes to a package that the programs of nhipol load',
    result: 'The folder `node_modules` with the programs is one of the files of the guard',
  },
  'hooks-many-stars': {
    attack:
      'A command contains a pattern with many stars, which takes a backtracking matcher hours',
    result: 'The pattern is matched in the time of its length times that of the name',
  },
  'hooks-many-paths': {
    attack:
      'A use of a tool contains hundreds of long texts that are paths with thousands of parts',
    result:
      'More paths than can be examined count as naming a file of the guard, and where they lead is unknown',
  },
  'hooks-read-link': {
    attack:
      'A file tool reads or writes through a symbolic link in the working directory that leads out of it, to a secret, or to a file that does not exist yet',
    result:
      'The policy decides the path that the link leads to as well as the path that is written',
  },
  'hooks-unreported-error': {
    attack:
      'A tool answers with an error that contains instructions, and the agent reports no outcome of it',
    result:
      'A use counts as delivered as soon as it is permitted, or the user of the agent is asked',
  },
  'hooks-inexact-number': {
    attack: 'The input of a tool contains a number that the policy would round',
    result: 'The hook refuses the use',
  },
  'hooks-edit-guard': {
    attack:
      'The agent writes to its policy, the reviewed tools, its settings, log, state or socket, or patches them, with a path that has `..`, links, another case, invisible or compatible characters',
    result: 'The generated policy denies the use',
  },
  'hooks-command-on-guard': {
    attack:
      'A command names these files, or a path that ends with `nhipol`, with quotes, escapes or patterns between, or after `~` or a variable',
    result: 'The generated policy denies it without asking anybody',
  },
  'hooks-crash': {
    attack: 'The program of a hook is removed, or crashes',
    result: 'Its command exits with 2, which blocks the tool in every agent',
  },
  'hooks-old-agent': {
    attack: 'Hooks are installed for a version of an agent that lets a tool run if its hook fails',
    result: '`nhipol hook install` refuses, and writes nothing',
  },
  'hooks-changed-settings': {
    attack:
      'The settings of the agent are changed so that hooks do not block, are missing, or are off',
    result: '`nhipol hook status` reports each change',
  },
  'hooks-renamed-event': {
    attack: 'An agent calls the hook for a use of a tool by a name of the event that is not known',
    result: 'The use is refused',
  },
} as const satisfies AttackRows;
