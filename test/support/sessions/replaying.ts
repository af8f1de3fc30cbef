// Timelines in tests: from rows, each with an instant in seconds, a payload, and the session if it is not
// `s`; and from a log of the repository.

import { readFileSync } from 'node:fs';
import { checkPolicyFiles } from '@nhipol/cli';
import type { PolicyModel } from '@nhipol/language/model';
import {
  createEvaluatorHost,
  type Host,
  type Replayed,
  type ReplayLine,
  readLogLine,
  replay,
} from '@nhipol/testing/replay';

export type Row = readonly [seconds: number, event: object, session?: string];

function parseLine(text: string, line: number): ReplayLine {
  const read = readLogLine(new TextEncoder().encode(text), line);
  if ('message' in read) throw new Error(`${line}: ${read.path}: ${read.message}`);
  return read;
}

export function replayRows(host: Host, rows: readonly Row[], until?: number): Replayed {
  const lines = rows.map(([seconds, event, session = 's'], index) =>
    parseLine(JSON.stringify({ at: seconds * 1000, session, ...event }), index + 1),
  );
  return replay(host, lines, until === undefined ? undefined : BigInt(until * 1000));
}

type ReplayOutcome = Replayed & { readonly policy: PolicyModel };

/** Paths are relative to the root of the repository. */
export async function replayFile(path: string, events: string): Promise<ReplayOutcome> {
  return replayText(path, readFileSync(events, 'utf8'));
}

export async function replayText(path: string, events: string): Promise<ReplayOutcome> {
  const { policy } = await checkPolicyFiles(path);
  if (policy === undefined) throw new Error(`${path} has errors`);
  const lines = events
    .trimEnd()
    .split('\n')
    .map((text, index) => parseLine(text, index + 1));
  return { policy, ...replay(createEvaluatorHost(policy), lines, undefined) };
}
