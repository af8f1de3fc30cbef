// What a command may touch of the process: two streams to write to, one to read, and their colours.
// Tests hand in their own.

import type { Readable, Writable } from 'node:stream';
import picocolors from 'picocolors';
import type { Palette } from '../../language/diagnostics/render.ts';

export interface Console {
  /** Results. Resolves once the stream takes more. */
  readonly out: (text: string) => Promise<void>;
  /** Progress and complaints. */
  readonly err: (text: string) => void;
  readonly input: AsyncIterable<Uint8Array>;
  readonly outColors: Colors;
  /** Whether these paint anything, for what is painted in another thread. */
  readonly colored: boolean;
  readonly errColors: Colors;
  /** Characters of a line of `out`: those of the terminal, else `usualWidth`. */
  readonly width: number;
  /** Whether a person sees what is written to `out`. */
  readonly interactive: boolean;
  /** Whether a person sees questions on the error stream, and can answer. */
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

/** Characters of a line that reads well. */
export const usualWidth = 100;

/** `color` is what the command line says; else NO_COLOR counts, and whether a terminal is there. */
export function consoleOf(streams: Streams, color: boolean | undefined): Console {
  const { stdin, stdout, stderr, env } = streams;
  const colored = (stream: { readonly isTTY?: boolean }) =>
    color ?? ((env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb' && stream.isTTY === true);
  return {
    out: (text) =>
      new Promise((resolve) => {
        if (stdout.write(text)) resolve();
        else stdout.once('drain', resolve);
      }),
    err: (text) => {
      stderr.write(text);
    },
    input: stdin,
    outColors: colorsOf(colored(stdout)),
    colored: colored(stdout),
    errColors: colorsOf(colored(stderr)),
    width: stdout.columns ?? usualWidth,
    interactive: stdout.isTTY === true,
    answers: stdin.isTTY === true && stderr.isTTY === true,
  };
}

export function colorsOf(enabled: boolean): Colors {
  const paint = picocolors.createColors(enabled);
  return {
    error: (text) => paint.red(text),
    warning: (text) => paint.yellow(text),
    strong: (text) => paint.bold(text),
    frame: (text) => paint.blue(text),
    related: (text) => paint.cyan(text),
    good: (text) => paint.green(text),
  };
}
