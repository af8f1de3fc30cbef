// `nhipol complete`: the script that makes a shell ask for completions, and the answer when it does.
// Verbs, options and choices are those of the program; paths are those of policies and requests.

import { RootCommand, script } from '@bomb.sh/tab';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { glob } from 'tinyglobby';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';

const shells = ['zsh', 'bash', 'fish', 'powershell'] as const;

export type Shell = (typeof shells)[number];

export function isShell(text: string): text is Shell {
  return (shells as readonly string[]).includes(text);
}

/** What files an argument or an option takes, by its name. */
const endings: Readonly<Record<string, string>> = {
  policy: '.nhipol',
  old: '.nhipol',
  new: '.nhipol',
  request: '.json',
  events: '.jsonl',
};

/** As deep as is searched: a key is waited for. */
const deepest = 6;

type Complete = (value: string, description: string) => void;

/** The package prints by itself, to the process's own output. */
export function scriptCommand(shell: Shell, program: CommandUnknownOpts): ExitCode {
  script(shell, program.name(), program.name());
  return exitCode.fine;
}

/** The last word is the one to complete. */
export async function completeCommand(
  words: readonly string[],
  program: CommandUnknownOpts,
): Promise<ExitCode> {
  const root = new RootCommand();
  const files = await filesFor(words.at(-1) ?? '');
  const take = (values: readonly string[]) => (complete: Complete) => {
    for (const value of values) complete(value, '');
  };
  const candidates = (name: string, choices: readonly string[] | undefined) =>
    choices ?? files.filter((file) => file.endsWith(endings[name] ?? '\0'));
  const help = program.createHelp();
  const describe = (at: ReturnType<RootCommand['command']>, verb: CommandUnknownOpts) => {
    for (const option of help.visibleOptions(verb)) {
      const long = option.long?.slice(2) ?? '';
      const short = option.short?.slice(1);
      if (option.isBoolean() || option.negate) at.option(long, option.description, short ?? '');
      else {
        const values = candidates(option.attributeName(), option.argChoices);
        at.option(long, option.description, take(values), short);
      }
    }
    for (const argument of verb.registeredArguments) {
      const values = candidates(argument.name(), argument.argChoices);
      at.argument(argument.name(), take(values), argument.variadic);
    }
  };
  describe(root, program);
  for (const verb of help.visibleCommands(program)) {
    describe(root.command(verb.name(), verb.description()), verb);
  }
  root.parse([...words]);
  return exitCode.fine;
}

/** Whole paths below the folder that is typed so far. */
async function filesFor(word: string): Promise<readonly string[]> {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const found = await glob(
    [...new Set(Object.values(endings))].map((ending) => `**/*${ending}`),
    { cwd: folder === '' ? '.' : folder, ignore: '**/node_modules/**', deep: deepest },
  );
  return found.map((path) => `${folder}${path}`).sort();
}
