// The framing of messages over stdio: for any bytes of a client or a server, each reader of the other side sees the
// messages that the guard passed on, one for each line, and no others.

import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { ReadBuffer as NewBuffer } from '@modelcontextprotocol/client';
import { ReadBuffer as OldBuffer } from '@modelcontextprotocol/sdk/shared/stdio.js';
import { relayStdio } from '@nhipol/service';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostileBytes, hostileMessages } from '../../../scripts/hostile/bytes.mjs';
import { createRandom } from '../../../scripts/hostile/random.mjs';
import { attack } from '../../attacks/attack.ts';
import { runs } from '../../support/budget.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness, readError } from './relay-harness.ts';

const policy = `
policy test.hostile version "1.0.0"
record Echo { text: String }
subject ai_agent {}
action "fs:echo" { arguments: Echo }
action "mcp:elicitation/create" { params: { message?: String } }
resource mcp_server {}
context { time: Timestamp }
for ai_agent doing "fs:echo" { permit fine when action.arguments.text starts_with "ok" }
for ai_agent doing "mcp:elicitation/create" { permit asks when action.params.message starts_with "ok" }
`;
const echo = {
  name: 'echo',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
};

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

/** The bytes that a guard writes to the other side. */
async function relayBytes(side: 'client' | 'server', bytes: Buffer): Promise<Buffer> {
  const harness = new Harness({ module });
  const list = { jsonrpc: '2.0', id: 'list', method: 'tools/list' };
  harness.client(list);
  harness.server({ jsonrpc: '2.0', id: 'list', result: { tools: [echo] } });
  const [input, output] = [new PassThrough(), new PassThrough()];
  const [serverInput, serverOutput] = [new PassThrough(), new PassThrough()];
  const server = {
    input: serverInput,
    output: serverOutput,
    ended: new Promise<number>((resolve) => serverInput.once('finish', () => resolve(0))),
    stop: async () => {},
  };
  const got: Buffer[] = [];
  const other = side === 'client' ? serverInput : output;
  other.on('data', (chunk) => got.push(chunk));
  (side === 'client' ? output : serverInput).resume();
  const options = { maxMessageBytes: 1_048_576, onWarning: () => {} };
  const ended = relayStdio(harness.relay, { input, output, server, ...options });
  const from = side === 'client' ? input : serverOutput;
  from.write(bytes);
  await new Promise((resolve) => setImmediate(resolve));
  // Otherwise the guard would wait for answers.
  harness.relay.serverEnded();
  input.end();
  await ended;
  harness.close();
  return Buffer.concat(got);
}

type Reader = (bytes: Buffer) => Promise<readonly unknown[]>;

function parseLines(lines: readonly string[]): readonly unknown[] {
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [`unreadable: ${line}`];
    }
  });
}

/** The lines as Python reads them, with `code` as the expression of all lines. */
function python(code: string): Reader {
  return async (bytes) => {
    const program = `import sys, io, json, codecs\nprint(json.dumps([each for each in ${code}]))`;
    const { stdout, status, stderr } = spawnSync('python3', ['-c', program], {
      input: bytes,
      maxBuffer: 1 << 30,
    });
    expect([status, String(stderr)]).toEqual([0, '']);
    const lines: string[] = JSON.parse(String(stdout));
    return parseLines(
      lines.map((line) => line.replace(/[\r\n]+$/, '')).filter((line) => line !== ''),
    );
  };
}

function createReader(createBuffer: () => OldBuffer | NewBuffer): Reader {
  return async (bytes) => {
    const buffer = createBuffer();
    const found: unknown[] = [];
    for (let at = 0; at < bytes.length; at += 4_096) {
      buffer.append(bytes.subarray(at, at + 4_096));
      for (;;) {
        let message: unknown;
        try {
          message = buffer.readMessage();
        } catch (error) {
          message = `unreadable: ${String(error)}`;
        }
        if (message === null) break;
        found.push(message);
      }
    }
    return found;
  };
}

const readers: Readonly<Record<string, Reader>> = {
  'node:readline': async (bytes) => {
    const lines: string[] = [];
    for await (const line of createInterface({ input: Readable.from([bytes]) })) lines.push(line);
    return parseLines(lines);
  },
  'the TypeScript SDK 1.x': createReader(() => new OldBuffer()),
  'the TypeScript SDK 2.x': createReader(() => new NewBuffer()),
  'Python with universal newlines': python("io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8')"),
  'Python with str.splitlines': python("sys.stdin.buffer.read().decode('utf-8').splitlines()"),
  'Python with codecs': python("codecs.getreader('utf-8')(sys.stdin.buffer)"),
};

/** The messages of the guard: those of its lines. */
function readRelayed(bytes: Buffer): readonly unknown[] {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
}

describe.each(['client', 'server'] as const)('hostile bytes of a %s', (side) => {
  let bytes: Buffer;
  let sent = 0;
  beforeAll(async () => {
    const random = createRandom(side === 'client' ? 1 : 2);
    const messages = hostileMessages(random, side);
    const parts: Buffer[] = [];
    while (messages.count < runs(3_000, 300)) parts.push(hostileBytes(random, messages.next));
    sent = messages.count;
    bytes = await relayBytes(side, Buffer.concat(parts));
  }, 120_000);

  test.each(Object.entries(readers))('%s sees what the guard passed on', async (_, read) => {
    const expected = readRelayed(bytes);
    // Otherwise the bytes would not show much.
    expect(expected.length).toBeGreaterThan(sent / 10);
    expect(await read(bytes)).toEqual(expected);
  });
});

const inner =
  '{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"delete","arguments":{}}}';

attack('guard-lone-cr', () => {
  const relay = new Harness({ module });
  for (const between of ['\r', '\r\n', ' \r ']) {
    const text = `{"jsonrpc":"2.0","id":7,"method":"ping","params":${between}${inner}${between}}`;
    const received = relay.client(text);
    expect(readError(received)?.message).toContain('a carriage return within a message');
    expect(received.server).toEqual([]);
    expect(relay.server(text)).toEqual({ client: [], server: [] });
  }
  expect(relay.client('{"jsonrpc":"2.0","id":7,"method":"ping"}\r').server).toHaveLength(1);
  relay.close();
});

attack('guard-line-separators', async () => {
  const ping = (text: string) =>
    `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":"${text}"}}`;
  const text = ping(`x\u2028${JSON.stringify(inner).slice(1, -1)}\u2029\u0085y`);
  const bytes = await relayBytes('client', Buffer.from(`${text}\n`));
  expect(bytes.toString()).toBe(
    `${text.replace('\u2028', '\\u2028').replace('\u2029', '\\u2029').replace('\u0085', '\\u0085')}\n`,
  );
  // Everything else is passed on byte for byte.
  const other = ping('é \u{1f600} \\u2028 \u00a0');
  expect(String(await relayBytes('client', Buffer.from(`${other}\n`)))).toBe(`${other}\n`);
});

attack('guard-trailing-space', async () => {
  const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}';
  for (const space of [' ', '\t', ' \t \r', '\r']) {
    for (const side of ['client', 'server'] as const) {
      const bytes = await relayBytes(side, Buffer.from(` ${ping}${space}\n`));
      expect([space, side, String(bytes)]).toEqual([space, side, ` ${ping}\n`]);
    }
  }
});

attack('guard-other-encodings', async () => {
  const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}';
  const call = ping.replace('"ping"', '\v"ping"');
  const forms = [
    Buffer.from(ping, 'utf16le'),
    Buffer.from(ping, 'utf16le').swap16(),
    Buffer.from(`\ufeff${ping}`, 'utf16le'),
    `\ufeff${ping}`,
    `${ping}\0`,
    call,
    `${ping}\f`,
    `\x1e${ping}`,
    `${ping}\u2028`,
    `${ping}\u0085`,
    Buffer.concat([Buffer.from(ping), Buffer.of(0xc0, 0x8d)]),
  ];
  for (const each of forms) {
    const line = Buffer.concat([Buffer.from(each), Buffer.from('\n')]);
    expect([each, String(await relayBytes('client', line))]).toEqual([each, '']);
    expect([each, String(await relayBytes('server', line))]).toEqual([each, '']);
  }
});

attack('guard-lone-surrogate', () => {
  const relay = new Harness({ module });
  for (const id of ['"\\ud800"', '"\\uDFFF"', '"\\ud800\\ud800"', '"\\\\\\ud800x"']) {
    const received = relay.client(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    expect(readError(received)?.message).toBe('the text has a single surrogate');
    expect(received.server).toEqual([]);
  }
  const whole = '{"jsonrpc":"2.0","id":"\\ud83d\\ude00\\\\ud800","method":"ping"}';
  expect(relay.client(whole).server).toEqual([whole]);
  const notify = (text: string) =>
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"é${text}"}}`;
  expect(relay.server(notify('\\ud83d \\\\ud83d \\ud83d\\ude00')).client).toEqual([
    notify('\\ufffd \\\\ud83d \\ud83d\\ude00'),
  ]);
  relay.close();
});
