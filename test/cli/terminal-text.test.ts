// Texts of others never control the terminal of an operator: not through a message, a result, an error or a log.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { formatTerminalText } from '@nhipol/language/support';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { createConsole } from '../../cli/io/console.ts';
import { attack } from '../attacks/attack.ts';
import { Folder } from '../support/system/run-cli.ts';

/** Clears the screen, forges a line, reverses the text, is 8-bit CSI, and is invisible. */
const hostile = '\u001b[2J\u001b]0;x\u0007\r\nnhipol: approved\u202e\u009b31m\u200b\u2028';
const escaped = String.raw`\u{1b}[2J\u{1b}]0;x\u{7}\u{d}\u{a}nhipol: approved\u{202e}\u{9b}31m\u{200b}\u{2028}`;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

async function answerRequests(status: number, body: unknown): Promise<string> {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Expects lines without anything that a terminal would not print. */
function expectPrintable(text: string, lines: number): void {
  const all = text.split('\n').slice(0, -1);
  expect(all).toHaveLength(lines);
  for (const line of all) expect(line).not.toMatch(hidden);
}

test('no text reaches a terminal with anything but its own colors', () => {
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u001b[31m', hostile));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = formatTerminalText(parts.join(''), false);
      expect(text.replaceAll(/\r?\n|\t/g, '')).not.toMatch(hidden);
      const colored = formatTerminalText(parts.join(''), true);
      expect(colored.replaceAll(/\r?\n|\t|\p{Cc}\[(?:1|22|3[1-46]|39)m/gu, '')).not.toMatch(hidden);
    }),
  );
});

test('colors, line breaks and tabs stay', () => {
  const text = 'a\tb\r\nc\u001b[1md\u001b[22m é 語 🙂';
  expect(formatTerminalText(text, true)).toBe(text);
  expect(formatTerminalText('\u001b[31mred', false)).toBe('\\u{1b}[31mred');
  expect(formatTerminalText('\u001b[8mhidden', true)).toBe('\\u{1b}[8mhidden');
});

test('a console makes results safe on a terminal, and leaves files as they are', async () => {
  const written: string[] = [];
  const stream = (isTTY: boolean) =>
    Object.assign(
      new Writable({
        decodeStrings: false,
        write: (chunk, _encoding, done) => {
          written.push(chunk);
          done();
        },
      }),
      { isTTY },
    );
  for (const isTTY of [true, false]) {
    const [stdout, stderr] = [stream(isTTY), stream(false)];
    const console = createConsole({ stdin: process.stdin, stdout, stderr, env: {} }, false);
    await console.out('\u001b[2Jx');
    console.err('\u001b[2Jx\n');
    console.notify('nhipol', 'a\nb');
  }
  const safe = ['\\u{1b}[2Jx\n', 'nhipol: a\\u{a}b\n'];
  expect(written).toEqual(['\\u{1b}[2Jx', ...safe, '\u001b[2Jx', ...safe]);
});

attack(
  'signals-terminal-text',
  async () => {
    using folder = new Folder();
    const key = await folder.run(['signals', 'key', '@key.pem']);
    expect(key.code).toBe(0);
    const to = await answerRequests(400, { err: hostile, description: hostile });
    const event = [
      '--type',
      'session-revoked',
      '--subject',
      'a',
      '--issuer',
      'https://idp.example',
    ];
    const send = await folder.run(['signals', 'send', '--key', '@key.pem', ...event, '--to', to]);
    expect(send.code).toBe(1);
    expect(send.err).toBe(`nhipol signals send: 400: ${escaped}: ${escaped}\n`);
    const settings = { sources: [{ name: 'idp', issuer: to, delivery: 'poll' }] };
    folder.write('signals.json', JSON.stringify(settings));
    server?.removeAllListeners('request');
    server?.on('request', (_, response) => response.end(JSON.stringify({ issuer: hostile })));
    const pause = await folder.run(['signals', 'pause', 'idp', '--signals', '@signals.json']);
    expect(pause.code).toBe(1);
    expectPrintable(pause.err, 1);
  },
  60_000,
);

attack('log-terminal-text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-terminal-'));
  const policy = { name: hostile, version: hostile };
  const time = hostile.padStart(40);
  const response = { context: { reason_details: [{ id: hostile, message: hostile }] } };
  const request = { action: { name: hostile, properties: { arguments: { [hostile]: hostile } } } };
  const entries = [
    {
      kind: 'decision',
      time,
      effect: hostile,
      decision: false,
      response,
      request: { ...request, resource: { id: hostile } },
      enforcement: hostile,
    },
    { kind: 'event', signal: hostile },
    { kind: 'refusal', reason: hostile },
    { kind: 'approval', answer: hostile, approval: { approver: hostile } },
    { kind: 'revocation', message: hostile, reasons: [hostile] },
    { kind: 'policy', policy },
    { kind: 'opened', session: hostile, policy },
    { kind: 'closed', session: hostile },
  ];
  const path = join(folder, 'decisions.jsonl');
  const lines = [...entries.map((entry) => JSON.stringify(entry)), `${hostile.replace('\n', '')}`];
  writeFileSync(path, `${lines.join('\n')}\n`);
  try {
    using runner = new Folder();
    const { out, err, code } = await runner.run(['log', 'tail', path], { env: { NO_COLOR: '1' } });
    expect([code, err]).toEqual([0, '']);
    expectPrintable(out, lines.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
