// Implements `nhipol log tail`: prints entries of a decision log on one line each, for people.

import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { displayText } from '@nhipol/language/support';
import { stringify } from '@nhipol/runtime';
import type { LogLine } from '@nhipol/service';
import { parseLineJson, readJsonValue } from '@nhipol/testing/replay';
import type { Colors, Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';

export interface TailOptions {
  readonly lines: number;
  readonly follow: boolean;
}

/** How often a followed log is read, in milliseconds. */
const interval = 200;

export async function runTailCommand(
  path: string,
  { lines, follow }: TailOptions,
  console: Console,
): Promise<ExitCode> {
  const reader = new Reader(path);
  const first = await reader.next();
  for (const line of first.slice(-lines))
    await console.out(`${formatLine(line, console.outColors)}\n`);
  while (follow) {
    await delay(interval);
    for (const line of await reader.next())
      await console.out(`${formatLine(line, console.outColors)}\n`);
  }
  return exitCode.fine;
}

/** Reads the complete lines that were added since the last call. After a rotation it starts with the new file. */
class Reader {
  readonly #path: string;
  #position = 0;
  #file: number | bigint = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  async next(): Promise<readonly string[]> {
    const stats = await stat(this.#path).catch((error: Error) => {
      throw new UsageError(`cannot read ${this.#path}: ${error.message}`);
    });
    if (stats.ino !== this.#file || stats.size < this.#position) {
      [this.#file, this.#position, this.#rest] = [stats.ino, 0, ''];
    }
    if (stats.size === this.#position) return [];
    const file = await open(this.#path);
    try {
      const bytes = Buffer.alloc(stats.size - this.#position);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#position);
      this.#position += bytesRead;
      const parts = (this.#rest + bytes.toString('utf8', 0, bytesRead)).split('\n');
      this.#rest = parts.pop() ?? '';
      return parts.filter((line) => line !== '');
    } finally {
      await file.close();
    }
  }
}

function formatLine(line: string, colors: Colors): string {
  let entry: LogLine;
  try {
    entry = readJsonValue(parseLineJson(Buffer.from(line)), '$') as unknown as LogLine;
  } catch {
    return colors.error(`not an entry: ${displayText(line.slice(0, 80))}`);
  }
  const time = displayText((entry.time ?? '').slice(11, 23));
  return `${time} ${formatEntry(entry, colors)}`;
}

function formatEntry(entry: LogLine, colors: Colors): string {
  switch (entry.kind) {
    case 'decision': {
      const { action, resource } = entry.request as { readonly [part: string]: Named | undefined };
      const effect = displayText(entry.effect).padEnd(9);
      const painted = entry.decision ? colors.good(effect) : colors.error(effect);
      const reasons = entry.response.context.reason_details.map(({ id, message }) => message ?? id);
      const enforced = entry.enforcement === 'passed' ? '' : ` (${displayText(entry.enforcement)})`;
      const given = stringify(action?.properties?.arguments ?? action?.properties?.params ?? {});
      const name = displayText(`${action?.name} ${given} on ${resource?.id}`);
      return `${painted} ${name}: ${displayText(reasons.join('; '))}${enforced}`;
    }
    case 'event':
      return `event     ${displayText(entry.signal)}`;
    case 'events': {
      const names = new Set(entry.events.map(({ signal }) => signal));
      return `events    ${entry.events.length}: ${displayText([...names].join(', '))}`;
    }
    case 'changed':
      return `changed   ${displayText(`${entry.session}: ${Object.keys(entry.request).join(', ')}`)}`;
    case 'refusal':
      return colors.error(`refused   ${displayText(entry.reason)}`);
    case 'approval': {
      const by = entry.approval?.approver === undefined ? '' : ` by ${entry.approval.approver}`;
      return `approval  ${displayText(`${entry.answer}${by}`)}`;
    }
    case 'revocation':
      return colors.error(`revoked   ${displayText(entry.message ?? entry.reasons.join(', '))}`);
    case 'policy':
      return `policy    ${displayText(`${entry.policy.name} ${entry.policy.version}`)} is active`;
    case 'opened':
      return `opened    ${displayText(`${entry.session} with ${entry.policy.name} ${entry.policy.version}`)}`;
    case 'closed':
      return `closed    ${displayText(entry.session)}`;
  }
}

interface Named {
  readonly name?: string;
  readonly id?: string;
  readonly properties?: { readonly [member: string]: unknown };
}
