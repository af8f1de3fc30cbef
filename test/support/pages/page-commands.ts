// Reads the commands of a page: those after a prompt or at the beginning of a line in blocks without a language, and all
// lines of blocks for a shell.

import type { Page } from './pages.ts';

export interface PageCommand {
  /** On one line, without the prompt and without a comment at its end. */
  readonly text: string;
  /** The line of its block. */
  readonly block: number;
}

export function readCommands({ blocks }: Page): readonly PageCommand[] {
  const shown = blocks.filter(({ language }) => language === '' || language === 'sh');
  return shown.flatMap(({ language, text, line }) => {
    // A line that ends with a backslash goes on in the next one.
    const lines = text.replace(/\s*\\\n\s*/g, ' ').split('\n');
    const commands = lines.flatMap((each) =>
      language === 'sh' ? [each] : (/^(?:\$ )?(nhipol .*)$/.exec(each)?.[1] ?? []),
    );
    return commands
      .map((command) =>
        command
          .replace(/\s+#\s.*$/, '')
          .replace(/ {2,}/g, ' ')
          .trim(),
      )
      .filter((command) => command !== '' && !command.startsWith('#'))
      .map((command) => ({ text: command, block: line }));
  });
}

export interface Words {
  readonly words: readonly string[];
  /** The file after `<`. */
  readonly input: string | undefined;
  /** The file after `>`. */
  readonly output: string | undefined;
}

/** Splits a command as a shell does: quotes, and redirections to and from files. */
export function splitWords(command: string): Words {
  const all = [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single = '', double = '') => `${single}${double}`),
  );
  const after = (sign: string) => {
    const index = all.indexOf(sign);
    return index < 0 ? undefined : all.splice(index, 2)[1];
  };
  const [input, output] = [after('<'), after('>')];
  return { words: all, input, output };
}
