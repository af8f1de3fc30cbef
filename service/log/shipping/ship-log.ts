// Sends the lines of a log file to a collector over HTTP, from where it stopped before: each line at least once, in the
// order of the log. The file is the buffer: while the collector is away, nothing is lost and nothing waits in memory.

import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatUrl } from '../../support/format-url.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { Positions } from '../../support/positions.ts';
import { createPayload, type Payload, type SinkFormat } from './format.ts';
import { readLaterLines } from './later-lines.ts';
import { LinesSentAhead } from './lines-sent-ahead.ts';
import {
  countUnsentBytes,
  type LogPosition,
  readUnsentLines,
  type UnsentGap,
  type UnsentLines,
} from './unsent-lines.ts';

export interface ShippingOptions {
  readonly path: string;
  readonly url: string;
  readonly format: SinkFormat;
  /** For the header `authorization`. */
  readonly token?: string;
  /** Where the position is stored. */
  readonly positions: Positions;
  readonly onWarning: (warning: string) => void;
  /** How often the log is read, in milliseconds. Default: 1000. */
  readonly interval?: number;
  /** How long the collector may take for a response, in milliseconds. Default: 10000. */
  readonly timeout?: number;
}

export interface Shipping {
  /** The number of bytes that the collector does not have. */
  readonly unsent: () => number;
  /** The number of lines that the collector did not take, and which are in the file only. */
  readonly skipped: () => number;
  /** Uses another token from the next request on, which is sent now if there is something to send. */
  readonly replaceToken: (token: string) => void;
  /** Sends what is left, unless that takes longer than this, in milliseconds. */
  readonly close: (drain: number) => Promise<void>;
}

const defaultInterval = 1_000;
const defaultTimeout = 10_000;
const maxBatchBytes = 1024 * 1024;
const maxBackOff = 60_000;
/** The statuses of a collector that refuses what it was sent, and not the sender: 413 is about the length alone. */
const refusals: ReadonlySet<number> = new Set([400, 422]);
/** After this number of refused lines in a row, other lines show whether it is these lines. */
const maxRefused = 20;
/** The longest line that is stored for this, in characters. */
const maxAccepted = 64 * 1024;

/** `smaller`: the batch was refused, and is divided. `refused`: so was one line alone. `none`: there was nothing to send. */
type Outcome = 'sent' | 'smaller' | 'refused' | 'none';

const gapWarnings: Readonly<Record<UnsentGap, string>> = {
  removed: 'lines of the log were removed before they were sent',
  changed:
    'lines of the log that were sent are no longer in it; the rest of its file is sent again',
};

export function shipLog(options: ShippingOptions): Shipping {
  const shipper = new Shipper(options);
  const done = shipper.run();
  return {
    unsent: () => shipper.unsent(),
    skipped: () => shipper.skipped,
    replaceToken: (token) => shipper.replaceToken(token),
    close: async (drain) => {
      shipper.finish();
      await Promise.race([done, delay(drain, undefined, { ref: false })]);
      shipper.abort();
      await done;
    },
  };
}

class Shipper {
  readonly #options: ShippingOptions;
  readonly #name: string;
  readonly #ending = new AbortController();
  readonly #aborting = new AbortController();
  #pausing = new AbortController();
  /** For messages. */
  readonly #shownUrl: string;
  #token: string | undefined;
  #position: LogPosition | undefined;
  #batchBytes = maxBatchBytes;
  #failures = 0;
  /** The newest line that the collector accepted. It is stored, so that a new process has one, too. */
  #accepted: string | undefined;
  readonly #ahead: LinesSentAhead;
  /** Lines after the position that were refused one by one: they are skipped when another line is accepted. */
  #refused: { readonly next: LogPosition; readonly why: string }[] = [];
  #skipped = 0;

  constructor(options: ShippingOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#shownUrl = formatUrl(options.url);
    this.#name = `log ${options.path} to ${options.url}`;
    const stored = options.positions.position(this.#name);
    this.#position = stored === undefined ? undefined : JSON.parse(stored);
    this.#accepted = options.positions.position(this.#acceptedName);
    this.#ahead = new LinesSentAhead(
      options.positions,
      `${this.#name}: lines that were sent ahead`,
    );
  }

  get #acceptedName(): string {
    return `${this.#name}: a line that was accepted`;
  }

  get skipped(): number {
    return this.#skipped;
  }

  unsent(): number {
    return countUnsentBytes(this.#options.path, this.#position);
  }

  replaceToken(token: string): void {
    if (token === this.#token) return;
    this.#token = token;
    this.#pausing.abort();
  }

  /** Ends when everything was sent, or at the first failure. */
  finish(): void {
    this.#ending.abort();
    this.#pausing.abort();
  }

  abort(): void {
    this.finish();
    this.#aborting.abort();
  }

  async run(): Promise<void> {
    while (!this.#aborting.signal.aborted) {
      let hasSent = false;
      try {
        hasSent = await this.#step();
        if (!hasSent) this.#reportRecovery();
      } catch (error) {
        if (this.#aborting.signal.aborted) return;
        this.#reportFailure(formatErrorMessage(error));
      }
      if (hasSent) continue;
      if (this.#ending.signal.aborted) return;
      await this.#pause();
    }
  }

  /** Whether there was something to send. Throws if it could not be sent. */
  async #step(): Promise<boolean> {
    const { path, onWarning } = this.#options;
    const from = this.#refused.at(-1)?.next ?? this.#position;
    const batch = readUnsentLines(path, from, this.#batchBytes);
    if (batch === undefined) return this.#expectAccepted(this.#refused.length === 0);
    if (batch.gap !== undefined) onWarning(gapWarnings[batch.gap]);
    const { outcome, why } = await this.#send(batch);
    if (outcome === 'refused') {
      this.#refused.push({ next: batch.next, why });
      if (this.#refused.length > maxRefused) await this.#skipIfAccepting(batch.next);
    } else if (outcome === 'none' && this.#refused.length > 0) {
      this.#refused.push({ next: batch.next, why: '' });
    } else if (outcome !== 'smaller') {
      if (outcome === 'sent') this.#storeAccepted(batch.lines);
      this.#skip(batch.next);
      this.#batchBytes = Math.min(maxBatchBytes, this.#batchBytes * 2);
    }
    return true;
  }

  /** Lines that were refused stay to be sent if that may be for another reason. */
  #expectAccepted(isSo: boolean): false {
    if (isSo) return false;
    const [first] = this.#refused.splice(0);
    throw new Error(first?.why);
  }

  /** If the collector accepts another line now, the lines that were refused are at fault. */
  async #skipIfAccepting(next: LogPosition): Promise<void> {
    this.#expectAccepted(await this.#acceptsAnother(next));
    this.#skip(next);
  }

  /** Sends the line that was accepted last, again, and then later ones: some collectors refuse what is old, or repeated. */
  async #acceptsAnother(next: LogPosition): Promise<boolean> {
    if (this.#accepted !== undefined && (await this.#accepts(this.#accepted))) return true;
    for (const line of readLaterLines(this.#options.path, next)) {
      if (line.length > maxAccepted || this.#ahead.has(line)) continue;
      if (!(await this.#accepts(line))) continue;
      this.#ahead.add(line);
      return true;
    }
    return false;
  }

  async #accepts(line: string): Promise<boolean> {
    const payload = createPayload([line], this.#options.format);
    return payload !== undefined && (await this.#post(payload)).ok;
  }

  #storeAccepted(lines: readonly string[]): void {
    const { format, positions } = this.#options;
    const newest = lines.findLast(
      (line) => line.length <= maxAccepted && createPayload([line], format) !== undefined,
    );
    if (newest === undefined) return;
    this.#accepted = newest;
    positions.setPosition(this.#acceptedName, newest);
  }

  /** The collector takes other lines: those that it refused are at fault. What follows is sent from `next` on. */
  #skip(next: LogPosition): void {
    for (const { why } of this.#refused.splice(0)) {
      if (why === '') continue;
      this.#skipped += 1;
      this.#options.onWarning(`a line of the log is skipped, and is in the file only: ${why}`);
    }
    this.#position = next;
    this.#options.positions.setPosition(this.#name, JSON.stringify(next));
  }

  async #send({
    lines,
  }: UnsentLines): Promise<{ readonly outcome: Outcome; readonly why: string }> {
    const unsent = lines.filter((line) => !this.#ahead.has(line));
    const payload = createPayload(unsent, this.#options.format);
    if (payload === undefined) return { outcome: 'none', why: '' };
    const { ok, status } = await this.#post(payload);
    const why = `it responds with ${status}`;
    if (ok) return { outcome: 'sent', why };
    const isTooLong = status === 413;
    if (!isTooLong && !refusals.has(status)) throw new Error(why);
    if (unsent.length > 1) {
      this.#batchBytes = Math.max(1, this.#batchBytes >> 1);
      return { outcome: 'smaller', why };
    }
    if (!isTooLong) return { outcome: 'refused', why };
    this.#skipped += 1;
    this.#options.onWarning(
      `a line of ${payload.body.length} characters is too long for ${this.#shownUrl}; it is skipped`,
    );
    return { outcome: 'none', why };
  }

  async #post({ contentType, body }: Payload): Promise<Pick<Response, 'ok' | 'status'>> {
    const { url, timeout = defaultTimeout } = this.#options;
    const token = this.#token;
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': contentType,
        'content-encoding': 'gzip',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: new Uint8Array(await promisify(gzip)(body)),
      signal: AbortSignal.any([this.#aborting.signal, AbortSignal.timeout(timeout)]),
    });
    await response.body?.cancel();
    if (response.ok) this.#reportRecovery();
    return response;
  }

  #reportRecovery(): void {
    if (this.#failures > 0) this.#options.onWarning(`${this.#shownUrl} accepts the log again`);
    this.#failures = 0;
  }

  #reportFailure(reason: string): void {
    if (this.#failures === 0) {
      this.#options.onWarning(`cannot send the log to ${this.#shownUrl}: ${reason}`);
    }
    this.#failures += 1;
  }

  async #pause(): Promise<void> {
    const { interval = defaultInterval } = this.#options;
    const backOff = Math.min(maxBackOff, interval * 2 ** Math.min(this.#failures, 16));
    const jittered = this.#failures === 0 ? interval : backOff * (0.5 + Math.random() / 2);
    await delay(jittered, undefined, { signal: this.#pausing.signal }).catch(() => {});
    if (!this.#ending.signal.aborted) this.#pausing = new AbortController();
  }
}
