// A decision log that is sent to a collector: each line arrives, in the order of the log, despite any failure.

import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import {
  createVerifier,
  type LogEntry,
  logPaths,
  openLogFile,
  type ShippingOptions,
  shipLog,
  sqliteStore,
} from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-shipping-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const policy = { name: 'test.policy', version: '1', digest: 'sha-256:0' };
const refusal = (reason: string): LogEntry => ({
  kind: 'refusal',
  entry_point: 'serve',
  session: 's',
  policy,
  reason,
});

interface Delivery {
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A collector whose responses the test chooses. */
class Collector {
  readonly deliveries: Delivery[] = [];
  /** The status for a delivery of this many bytes before compression, or `undefined` if the connection is closed. */
  chooseStatus: (bytes: number, text: string) => number | 'silence' | undefined = () => 200;
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = gunzipSync(Buffer.concat(chunks)).toString();
    const status = this.chooseStatus(text.length, text);
    if (status === undefined) return void request.socket.destroy();
    if (status === 'silence') return;
    if (status === 200) this.deliveries.push({ headers: request.headers, text });
    response.writeHead(status).end();
  });
  url = '';

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/logs`;
  }

  get lines(): readonly string[] {
    return this.deliveries.flatMap(({ text }) => text.split('\n')).filter((line) => line !== '');
  }

  get reasons(): readonly string[] {
    return this.lines.map((line) => JSON.parse(line).reason);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

let collector: Collector;
beforeEach(async () => {
  collector = new Collector();
  await collector.listen();
});
afterEach(() => collector.close());

async function append(reasons: readonly string[], maxBytes = 1e6): Promise<void> {
  const log = await openLogFile(join(folder, 'log.jsonl'), { maxBytes });
  for (const reason of reasons) log.append(refusal(reason), 0);
  await log.close();
}

/** Sends the log with the position that the state has, until `isDone` or everything was sent. */
async function ship(
  options: Partial<ShippingOptions> = {},
  isDone?: (warnings: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const store = sqliteStore(join(folder, 'state.db'));
  const shipping = shipLog({
    path: join(folder, 'log.jsonl'),
    url: collector.url,
    format: 'nhipol',
    positions: store,
    onWarning: (warning) => warnings.push(warning),
    interval: 5,
    ...options,
  });
  while (isDone === undefined ? shipping.unsent() > 0 : !isDone(warnings)) await delay(2);
  await shipping.close(isDone === undefined ? 5_000 : 0);
  store.close();
  return warnings;
}

const count = (n: number, from = 0) => Array.from({ length: n }, (_, index) => `${from + index}`);

describe('the lines of a log', () => {
  test('arrive as they are, and the collector can verify their chain', async () => {
    await append(count(100));
    expect(await ship({ token: 'secret' })).toEqual([]);
    expect(collector.reasons).toEqual(count(100));
    expect(collector.deliveries[0]?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      authorization: 'Bearer secret',
    });
    const verifier = createVerifier();
    for (const line of collector.lines) expect(verifier.add(line)).toBeUndefined();
  });

  test('are sent from where the last process stopped', async () => {
    await append(count(3));
    await ship();
    await append(count(3, 3));
    await ship();
    expect(collector.reasons).toEqual(count(6));
  });

  test('arrive from all files of a log that rotates', async () => {
    await append(count(5), 1_000);
    await ship();
    await append(count(40, 5), 1_000);
    expect(logPaths(join(folder, 'log.jsonl')).length).toBeGreaterThan(5);
    await ship();
    expect(collector.reasons).toEqual(count(45));
  });

  test('wait while the collector is away, which is reported once', async () => {
    await append(count(10));
    let failures = 0;
    collector.chooseStatus = () => {
      failures += 1;
      return failures < 3 ? 503 : failures < 5 ? undefined : 200;
    };
    expect(await ship()).toEqual([
      `cannot send the log to ${collector.url}: it responds with 503`,
      `${collector.url} accepts the log again`,
    ]);
    expect(collector.reasons).toEqual(count(10));
  });

  test('are sent in smaller batches if the collector refuses long ones', async () => {
    await append(count(50));
    collector.chooseStatus = (bytes) => (bytes > 1_500 ? 413 : 200);
    expect(await ship()).toEqual([]);
    expect(collector.reasons).toEqual(count(50));
  });

  test('a line that is too long for the collector is skipped and reported', async () => {
    await append(['first', 'long'.repeat(1_000), 'last']);
    collector.chooseStatus = (bytes) => (bytes > 1_500 ? 413 : 200);
    const warnings = await ship();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^a line of 4\d\d\d characters is too long for http/);
    expect(collector.reasons).toEqual(['first', 'last']);
  });

  attack('log-line-refused', async () => {
    await append([...count(20), 'odd', 'odder', ...count(20, 20)]);
    const chooseStatus = (_: number, text: string) => (text.includes('odd') ? 422 : 200);
    collector.chooseStatus = chooseStatus;
    const warnings = await ship();
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(
      'a line of the log is skipped, and is in the file only: it responds with 422',
    );
    expect(collector.reasons).toEqual(count(40));
    // One at the end waits for a line that is accepted.
    await append(['odd']);
    const waiting = await ship({}, (seen) => seen.length > 0);
    expect(waiting.join()).toContain('it responds with 422');
    await append(['40']);
    expect((await ship()).join()).toContain('skipped');
    expect(collector.reasons).toEqual(count(41));
  });

  test('many refused lines in a row are skipped where the collector accepts a line of before', async () => {
    const odd = Array.from({ length: 65 }, (_, index) => `odd ${index}`);
    await append([...count(5), ...odd, ...count(5, 5)]);
    collector.chooseStatus = (_, text) => (text.includes('odd') ? 400 : 200);
    const warnings = await ship();
    expect(warnings).toHaveLength(65);
    expect([...new Set(collector.reasons)]).toEqual(count(10));
    // In a new process, too.
    await append([...odd, '10']);
    await ship();
    expect([...new Set(collector.reasons)]).toEqual(count(11));
  });

  test('a collector that refuses every line for a time loses none that it accepted before', async () => {
    await append(count(5));
    await ship();
    await append(count(60, 5));
    collector.chooseStatus = () => 400;
    const warnings = await ship({}, (seen) => seen.length > 0);
    expect(warnings.join()).toContain('cannot send the log');
    collector.chooseStatus = () => 200;
    expect(await ship()).toEqual([]);
    // A request that the end of the first process cut off may have arrived.
    expect([...new Set(collector.reasons)]).toEqual(count(65));
  });

  test('a collector that refuses every line loses none', async () => {
    await append(count(60));
    collector.chooseStatus = () => 400;
    const warnings = await ship({}, (seen) => seen.length > 0);
    expect(warnings.join()).toContain('cannot send the log');
    collector.chooseStatus = () => 200;
    expect(await ship()).toEqual([]);
    // A request that the end of the first process cut off may have arrived.
    expect([...new Set(collector.reasons)]).toEqual(count(60));
  });

  attack('log-lines-refused', async () => {
    const odd = (from: number) => Array.from({ length: 25 }, (_, index) => `odd ${from + index}`);
    const seen = new Set<string>();
    const splitLines = (text: string) => text.split('\n').filter((line) => line !== '');
    /** Collectors that refuse lines which are old, or which they have. */
    const collectors: readonly ((text: string) => boolean)[] = [
      (text) => !splitLines(text).some((line) => Number(JSON.parse(line).reason) < oldest),
      (text) => !splitLines(text).some((line) => seen.has(line)),
    ];
    let oldest = 0;
    for (const accepts of collectors) {
      collector.chooseStatus = (_, text) => {
        if (text.includes('odd') || !accepts(text)) return 400;
        for (const line of splitLines(text)) seen.add(line);
        return 200;
      };
      const before = collector.reasons.length;
      // The first lines of a log, and later ones.
      await append([...odd(0), ...count(5, oldest)]);
      expect(await ship()).toHaveLength(25);
      oldest += 5;
      await append([...odd(50), ...count(40, oldest)]);
      expect(await ship()).toHaveLength(25);
      oldest += 40;
      // Each arrives once, although a line may be sent before its turn.
      expect(
        collector.reasons
          .slice(before)
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual(count(45, oldest - 45).map(Number));
    }
  });

  test('a collector that refuses more than 20 lines, and all others, is reported once', async () => {
    await append(count(60));
    let posts = 0;
    collector.chooseStatus = () => {
      posts += 1;
      return 400;
    };
    const warnings = await ship({ interval: 1 }, () => posts > 200);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('cannot send the log');
  });

  test('a line that a crash left incomplete is not sent', async () => {
    await append(['a']);
    appendFileSync(join(folder, 'log.jsonl'), '{"format":"nhipol-log/1","id":"x');
    await append(['b']);
    await ship();
    expect(collector.reasons).toEqual(['a', 'b']);
  });

  test('files that were removed before they were sent are reported', async () => {
    await append(count(3));
    await ship();
    for (const path of logPaths(join(folder, 'log.jsonl'))) rmSync(path);
    await append(count(3, 10));
    expect(await ship()).toEqual(['lines of the log were removed before they were sent']);
    expect(collector.reasons).toEqual([...count(3), ...count(3, 10)]);
  });

  attack('log-shortened-before-sending', async () => {
    const path = join(folder, 'log.jsonl');
    await append(count(30));
    await ship();
    const sent = readFileSync(path, 'utf8').split('\n');
    const next: string[] = [];
    // The end is removed, in a line or after one, and more or fewer lines than these follow.
    for (const [kept, added] of [
      [5, 40],
      [20, 3],
      [10, 30],
    ] as const) {
      const torn = next.length === 0 ? '' : sent[kept]?.slice(0, 40);
      writeFileSync(path, `${sent.slice(0, kept).join('\n')}\n${torn}`);
      const reasons = count(added, 1_000 * (next.length + 1));
      next.push(...reasons);
      await append(reasons);
      const warnings = await ship();
      expect(warnings).toEqual([
        'lines of the log that were sent are no longer in it; the rest of its file is sent again',
      ]);
      expect(collector.reasons.slice(-added)).toEqual(reasons);
      sent.splice(0, sent.length, ...readFileSync(path, 'utf8').split('\n'));
    }
    expect(new Set(collector.reasons)).toEqual(new Set([...count(30), ...next]));
  });

  test('the position stays if the collector does not respond in time', async () => {
    await append(count(3));
    collector.chooseStatus = () => 'silence';
    await ship({ timeout: 20 }, (warnings) => warnings.length > 0);
    expect(collector.reasons).toEqual([]);
    // A delivery that was given up may still be read by the collector after this line: each line arrives at least once.
    collector.chooseStatus = () => 200;
    await ship();
    expect(new Set(collector.reasons)).toEqual(new Set(count(3)));
    expect(collector.reasons.slice(-3)).toEqual(count(3));
  });

  test('each arrives, in order, despite any failure', async () => {
    const step = fc.record({
      appended: fc.nat(12),
      rotateAt: fc.constantFrom(600, 1_500, 1e6),
      statuses: fc.array(fc.constantFrom(200, 200, 500, 413, undefined), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
        collector.deliveries.length = 0;
        let total = 0;
        for (const { appended, rotateAt, statuses } of steps) {
          await append(count(appended, total), rotateAt);
          total += appended;
          const rest = [...statuses];
          // A refusal as too long says so only of more than one line.
          collector.chooseStatus = (bytes) => {
            const status = rest.length === 0 ? 200 : rest.shift();
            return status === 413 && bytes < 500 ? 500 : status;
          };
          await ship({ interval: 1 }, () => rest.length === 0 || collector.reasons.length >= total);
        }
        collector.chooseStatus = () => 200;
        await append(['end']);
        await ship();
        const seen = new Set<string>();
        const distinct = collector.reasons.filter((each) => !seen.has(each) && seen.add(each));
        expect(distinct).toEqual([...count(total), 'end']);
      }),
      { numRuns: Number(process.env.NHIPOL_RUNS ?? 8) },
    );
  });
});

test('the format of OPA has an event for each decision', async () => {
  const log = await openLogFile(join(folder, 'log.jsonl'));
  const request = { subject: { type: 'agent', id: 'a' } };
  const response = { decision: true, context: { effect: 'permit' } };
  log.append(refusal('unread'), 0);
  const id = log.append(
    {
      kind: 'decision',
      entry_point: 'serve',
      session: 's',
      policy,
      mode: 'enforce',
      trigger: 'request',
      trace_id: 'f'.repeat(32),
      request,
      effect: 'permit',
      decision: true,
      enforcement: 'passed',
      latency_us: 3,
      response: response as never,
    },
    1_772_532_000_000,
  );
  await log.close();
  await ship({ format: 'opa' });
  expect(collector.deliveries).toHaveLength(1);
  expect(collector.deliveries[0]?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(collector.deliveries[0]?.text ?? '')).toEqual([
    {
      labels: { app: 'nhipol', entry_point: 'serve', policy_digest: policy.digest },
      decision_id: id,
      trace_id: 'f'.repeat(32),
      bundles: { 'test.policy': { revision: '1' } },
      path: 'test.policy',
      input: request,
      result: response,
      timestamp: '2026-03-03T10:00:00.000Z',
      metrics: { timer_server_handler_ns: 3_000 },
    },
  ]);
});
