// The gate of the relay with its transports: on standard input and output, and over HTTP, a client that may not be served gets
// nothing but refusals, and its server nothing but those and cancellations.

import { PassThrough } from 'node:stream';
import { relayStdio } from '@nhipol/service';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { runs, share } from '../../support/budget.ts';
import { files, Harness, temporaryStore } from '../relay/relay-harness.ts';
import {
  ChangingStore,
  closings,
  compileGatePolicy,
  expectOnlyRefusals,
  expectRefused,
  tokenLife,
} from './closed-world.ts';
import { HttpWorld } from './http-world.ts';
import { marks, renderStep, type Sent, type Step, steps } from './messages.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileGatePolicy();
});
beforeEach(() => {
  // The network needs all other timers.
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const { store: state } = temporaryStore();
let subjects = 0;
function newStore(): ChangingStore {
  subjects += 1;
  return new ChangingStore(state, `agent-${subjects}`);
}

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } },
});

/** Resolves when the streams of a process have passed on what was written. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The lines that were written to a stream. */
function collectLines(stream: PassThrough): string[] {
  const lines: string[] = [];
  stream.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') lines.push(line);
  });
  return lines;
}

class StdioWorld {
  readonly real: Harness;
  readonly #input = new PassThrough();
  readonly #serverOutput = new PassThrough();
  readonly toClient: string[];
  readonly toServer: string[];
  readonly #done: Promise<number>;

  constructor(store: ChangingStore, validUntil: number) {
    this.real = new Harness({ module, store: store.store, subject: store.subject, validUntil });
    const [output, serverInput] = [new PassThrough(), new PassThrough()];
    this.toClient = collectLines(output);
    this.toServer = collectLines(serverInput);
    serverInput.on('data', (chunk: Buffer) => this.#list(chunk.toString()));
    const server = {
      input: serverInput,
      output: this.#serverOutput,
      ended: new Promise<number>((resolve) => serverInput.once('end', () => resolve(0))),
      stop: async () => {},
    };
    const options = { maxMessageBytes: 1_048_576, onWarning: () => {} };
    this.#done = relayStdio(this.real.relay, { input: this.#input, output, server, ...options });
  }

  /** Answers the guard, which lists the tools. */
  #list(text: string): void {
    for (const line of text.split('\n')) {
      const { id, method }: Sent = line === '' ? {} : JSON.parse(line);
      if (method !== 'tools/list' || !String(id).startsWith('nhipol-')) continue;
      const answer = { jsonrpc: '2.0', id, result: { tools: files } };
      this.#serverOutput.write(`${JSON.stringify(answer)}\n`);
    }
  }

  async play(step: Step | string) {
    const side = typeof step === 'string' ? 'client' : step.side;
    const received = side === 'client' ? this.toClient : this.toServer;
    const text = typeof step === 'string' ? step : renderStep(step, received);
    const [got, lines] = [received.length, this.real.logged.length];
    if (text !== undefined) {
      (side === 'client' ? this.#input : this.#serverOutput).write(`${text}\n`);
      await settle();
    }
    return { side, text, received: received.slice(got), logged: this.real.logged.slice(lines) };
  }

  async close(): Promise<void> {
    this.real.relay.serverEnded();
    this.#input.end();
    await this.#done;
    this.real.close();
  }
}

const closing = fc.constantFrom(...closings);

attack(
  'guard-gate-stdio',
  async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(steps, closing, steps, async (before, how, after) => {
        const store = newStore();
        const validUntil = Date.now() + tokenLife;
        const world = new StdioWorld(store, validUntil);
        await world.play(initialize);
        for (const step of before) await world.play(step);
        const all = [...world.toClient, ...world.toServer];
        passed += all.filter((text) => text.includes('from-the-')).length;
        const [client, server] = [world.toClient.length, world.toServer.length];
        store.close(how, validUntil);
        await settle();
        for (const step of after) {
          const { side, text, received, logged } = await world.play(step);
          if (text !== undefined) expectRefused(side, text, received, logged);
        }
        expectOnlyRefusals('client', world.toClient.slice(client));
        expectOnlyRefusals('server', world.toServer.slice(server));
        await world.close();
      }),
      { numRuns: runs(120, 12) },
    );
    expect(passed).toBeGreaterThan(share(120));
  },
  300_000,
);

/** The requests that the server got, without its headers. */
function listRequests({ server }: HttpWorld): readonly string[] {
  return server.received.flatMap(({ method, text }) =>
    method === 'POST' ? [text.slice(0, text.lastIndexOf('}{') + 1)] : [],
  );
}

/** Marks a message that is sent while the gate is closed: earlier ones may still be on their way. */
const late = (text: string) => text.replaceAll('from-the-', 'late-from-the-');

/** Sends one message over HTTP, on one of the streams if it is one of the server. */
async function playHttp(
  world: HttpWorld,
  step: Step,
  index: number,
  mark = (text: string) => text,
): Promise<void> {
  const given = renderStep(
    step,
    step.side === 'client' ? listMessages(world) : listRequests(world),
  );
  if (given === undefined) return;
  const text = mark(given);
  if (step.side === 'client') await world.send('POST', text);
  else world.server.write(text, index, mark(marks.server));
}

/** The messages that the client got in events. */
function listMessages({ results }: HttpWorld): readonly string[] {
  const lines = results.flatMap((result) => result.text().split('\n'));
  return lines.flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
}

/** Resolves when the guard has read all events of the server: it refuses a request that comes after them. */
async function readAll(world: HttpWorld): Promise<void> {
  const { streams, received } = world.server;
  const written = streams.flatMap((stream, index) => {
    if (stream.destroyed) return [];
    const id = `end-${index}`;
    // A client only learns from an event without data where it can continue.
    world.server.write('', index, late(marks.server));
    world.server.write(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }), index, id);
    return [{ id, stream }];
  });
  const isRead = ({ id, stream }: (typeof written)[number]) =>
    stream.destroyed || received.some(({ text }) => text.includes(id));
  await vi.waitFor(() => expect(written.filter((each) => !isRead(each))).toEqual([]), {
    timeout: 20_000,
    interval: 20,
  });
}

attack(
  'guard-gate-http',
  async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(steps, closing, steps, async (before, how, after) => {
        const store = newStore();
        const validUntil = Date.now() + tokenLife;
        const world = new HttpWorld(store);
        await world.open(module, validUntil);
        await world.send('POST', initialize);
        await world.send('GET');
        for (const [index, step] of before.slice(0, 12).entries()) {
          await playHttp(world, step, index);
        }
        passed += world.server.received.filter(({ text }) => text.includes(marks.client)).length;
        await settle();
        store.close(how, validUntil);
        const [sent, lines] = [world.server.received.length, world.logged.length];
        for (const [index, step] of after.slice(0, 12).entries()) {
          await playHttp(world, step, index, late);
        }
        for (const method of ['GET', 'DELETE']) {
          expect([401, 403, 503]).toContain((await world.send(method)).status);
        }
        await readAll(world);
        const bodies = world.results.map((result) => result.text());
        expect(bodies.join('\n')).not.toContain(late(marks.server));
        const requests = world.server.received.slice(sent);
        expect(requests.map(({ text }) => text).join('\n')).not.toContain(late(marks.client));
        expect(requests.filter(({ method }) => method !== 'POST')).toEqual([]);
        // The two requests without a message are in the log as well.
        expect(world.logged.length).toBeGreaterThan(lines + (how === 'expired' ? -1 : 1));
        await world.close();
      }),
      { numRuns: runs(60, 10) },
    );
    expect(passed).toBeGreaterThan(5);
  },
  300_000,
);
