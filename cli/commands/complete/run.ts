// Implements `nhipol complete`: prints the completion script of a shell, and answers its queries. Commands, options
// and choices are taken from the program; paths are paths of policies and requests.

import { RootCommand, script } from '@bomb.sh/tab';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { glob } from 'tinyglobby';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';

const shells = ['zsh', 'bash', 'fish', 'powershell'] as const;

export type Shell = (typeof shells)[number];

export function isShell(text: string): text is Shell {
  return (shells as readonly string[]).includes(text);
}

/** The file name extensions that arguments and options take, by their names. */
const endings: Readonly<Record<string, string>> = {
  policy: '.nhipol',
  old: '.nhipol',
  new: '.nhipol',
  request: '.json',
  events: '.jsonl',
};

/** The depth of the file search, limited because the user waits for the result of a key press. */
const maxDepth = 6;

type Complete = (value: string, description: string) => void;

/** Prints the completion script. The package writes directly to the output of the process. */
export function runScriptCommand(shell: Shell, program: CommandUnknownOpts): ExitCode {
  script(shell, program.name(), program.name());
  return exitCode.fine;
}

/** Prints completions for the last word. */
export async function completeCommand(
  words: readonly string[],
  program: CommandUnknownOpts,
): Promise<ExitCode> {
  const root = new RootCommand();
  const files = await findFiles(words.at(-1) ?? '');
  const take = (values: readonly string[]) => (complete: Complete) => {
    for (const value of values) complete(value, '');
  };
  const candidates = (name: string, choices: readonly string[] | undefined) =>
    choices ?? files.filter((file) => file.endsWith(endings[name] ?? '\0'));
  const help = program.createHelp();
  const describe = (at: ReturnType<RootCommand['command']>, command: CommandUnknownOpts) => {
    for (const option of help.visibleOptions(command)) {
      const long = option.long?.slice(2) ?? '';
      const short = option.short?.slice(1);
      if (option.isBoolean() || option.negate) at.option(long, option.description, short ?? '');
      else {
        const values = candidates(option.attributeName(), option.argChoices);
        at.option(long, option.description, take(values), short);
      }
    }
    for (const argument of command.registeredArguments) {
      const values = candidates(argument.name(), argument.argChoices);
      at.argument(argument.name(), take(values), argument.variadic);
    }
  };
  describe(root, program);
  for (const command of help.visibleCommands(program)) {
    describe(root.command(command.name(), command.description()), command);
  }
  root.parse([...words]);
  return exitCode.fine;
}

/** Finds the paths below the folder typed so far. */
async function findFiles(word: string): Promise<readonly string[]> {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const found = await glob(
    [...new Set(Object.values(endings))].map((ending) => `**/*${ending}`),
    { cwd: folder === '' ? '.' : folder, ignore: '**/node_modules/**', deep: maxDepth },
  );
  return found.map((path) => `${folder}${path}`).sort();
}
