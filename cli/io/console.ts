// The parts of the process that commands use: output streams, input and colors. Tests provide their own streams.

import type { Readable, Writable } from 'node:stream';
import type { Palette } from '@nhipol/language';
import { displayText, formatTerminalText } from '@nhipol/language/support';
import picocolors from 'picocolors';

export interface Console {
  /** Writes a result, on a terminal as `formatTerminalText` does. Resolves when the stream accepts more. */
  readonly out: (text: string) => Promise<void>;
  /** Writes messages for people, as `formatTerminalText` does. */
  readonly err: (text: string) => void;
  /** Writes a message of a command on one line, whatever the text contains. */
  readonly notify: (command: string, text: string) => void;
  /** Writes a line that the next call overwrites; an empty text removes it. */
  readonly progress: (text: string) => void;
  /** Clears the screen of `out`. */
  readonly clear: () => void;
  readonly input: Readable;
  readonly outColors: Colors;
  /** Whether `outColors` are enabled; for output that another thread colors. */
  readonly colored: boolean;
  readonly errColors: Colors;
  /** Whether `errColors` are enabled; for text that was colored before. */
  readonly errColored: boolean;
  /** The width of a line of `out`: the width of the terminal, otherwise `defaultWidth`. */
  readonly width: number;
  /** Whether `out` is a terminal. */
  readonly interactive: boolean;
  /** Whether standard input and standard error are terminals, so that prompts are possible. */
  readonly answers: boolean;
}

export interface Colors extends Palette {
  readonly good: (text: string) => string;
}

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

const eraseLine = '\u001b[K';
const clearScreen = '\u001b[2J\u001b[3J\u001b[H';

/** The default width of a line in characters. */
export const defaultWidth = 100;

/**
 * Creates a console. `color`: the option of the command line, or `undefined` if colors depend on NO_COLOR and the
 * terminal.
 */
export function createConsole(streams: Streams, color: boolean | undefined): Console {
  const { stdin, stdout, stderr, env } = streams;
  const hasColor = (stream: { readonly isTTY?: boolean }) =>
    color ?? ((env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' && stream.isTTY === true);
  const err = (text: string) => {
    stderr.write(formatTerminalText(text, hasColor(stderr)));
  };
  return {
    out: (text) =>
      new Promise((resolve) => {
        const shown = stdout.isTTY === true ? formatTerminalText(text, hasColor(stdout)) : text;
        if (stdout.write(shown)) resolve();
        else stdout.once('drain', resolve);
      }),
    err,
    notify: (command, text) => err(`${command}: ${displayText(text)}\n`),
    progress: (text) => {
      stderr.write(text === '' ? eraseLine : `${displayText(text)}\r`);
    },
    clear: () => {
      stdout.write(clearScreen);
    },
    input: stdin,
    outColors: buildColors(hasColor(stdout)),
    colored: hasColor(stdout),
    errColors: buildColors(hasColor(stderr)),
    errColored: hasColor(stderr),
    width: stdout.columns ?? defaultWidth,
    interactive: stdout.isTTY === true,
    answers: stdin.isTTY === true && stderr.isTTY === true,
  };
}

export function buildColors(enabled: boolean): Colors {
  const paint = picocolors.createColors(enabled);
  return {
    error: (text) => paint.red(text),
    warning: (text) => paint.yellow(text),
    advice: (text) => paint.cyan(text),
    strong: (text) => paint.bold(text),
    frame: (text) => paint.blue(text),
    related: (text) => paint.cyan(text),
    good: (text) => paint.green(text),
  };
}
