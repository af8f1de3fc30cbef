// Opens a file of recorded lines: a decision log with its rotated files, recognized by its first line, or any other. Lines
// are numbered through all files of a log, the oldest first.

import { isOfDecisionLog } from '@nhipol/testing/replay';
import { openRequest } from './files.ts';
import { readRequestLines } from './request-lines.ts';

/** The maximum length of a line that is read, in bytes: an entry contains a request, and what was answered. */
const maxLineBytes = 16 * 1024 * 1024;

export interface Recording {
  readonly isDecisionLog: boolean;
  /** The lines without their line ends, in batches as they arrive. Empty lines count. */
  readonly batches: AsyncIterable<readonly Uint8Array[]>;
  /** Where a line that was read is, for people: `guard.jsonl.1:12`. */
  readonly describePlace: (line: number) => string;
}

/** `path`: a file, or `-` for `stdin`. */
export async function openRecording(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<Recording> {
  const files: { readonly name: string; readonly before: number }[] = [];
  let count = 0;
  const counting = async function* (name: string, batches: AsyncIterable<readonly Uint8Array[]>) {
    files.push({ name, before: count });
    for await (const batch of batches) {
      count += batch.length;
      yield batch;
    }
  };
  const input = readRequestLines(await openRequest(path, stdin), maxLineBytes);
  const first = await input.next();
  const head = first.done === true ? [] : first.value;
  const rest = (async function* () {
    if (first.done !== true) yield head;
    yield* input;
  })();
  const firstLine = head.find((line) => !isBlank(line));
  const isDecisionLog = firstLine !== undefined && isOfDecisionLog(firstLine);
  const name = path === '-' ? 'standard input' : path;
  const older = isDecisionLog && path !== '-' ? await listRotatedFiles(path) : [];
  const batches = (async function* () {
    for (const each of older) {
      yield* counting(each, readRequestLines(await openRequest(each, stdin), maxLineBytes));
    }
    yield* counting(name, rest);
  })();
  const formatPlace = (line: number) => {
    const file = files.findLast(({ before }) => before < line);
    return file === undefined ? `${name}:${line}` : `${file.name}:${line - file.before}`;
  };
  return { isDecisionLog, batches, describePlace: formatPlace };
}

async function listRotatedFiles(path: string): Promise<readonly string[]> {
  const { logPaths } = await import('@nhipol/service');
  return logPaths(path).filter((each) => each !== path);
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
