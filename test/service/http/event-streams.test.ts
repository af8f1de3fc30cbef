// Event streams whose readers are slow or do not read at all.

import { EventEmitter } from 'node:events';
import { type Answer, type SessionChange, toAuthZen } from '@nhipol/runtime';
import { openAccess } from '@nhipol/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefusalAnswer } from '../../../service/engine/answers.ts';
import { Admissions } from '../../../service/http/admissions.ts';
import { EventStreams } from '../../../service/http/event-streams.ts';
import type { SessionHost, SessionListener } from '../../../service/pdp/sessions/session-host.ts';
import { attack } from '../../attacks/attack.ts';

/** A response whose reader reads when the test says so. */
class Response extends EventEmitter {
  readonly socket = new EventEmitter();
  /** The part that was not read. */
  text = '';
  destroyed = false;
  ended = false;

  writeHead(): void {}
  write(text: string): boolean {
    this.text += text;
    return this.text.length < 16_384;
  }
  end(text = ''): void {
    this.text += text;
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
    this.socket.emit('close');
  }
  read(): string {
    const { text } = this;
    this.text = '';
    this.emit('drain');
    return text;
  }
}

let listener: SessionListener = () => {};
let admissions: Admissions;
let streams: EventStreams;

beforeEach(() => {
  vi.useFakeTimers();
  admissions = new Admissions(openAccess);
  const host = {
    listen: (given: SessionListener) => {
      listener = given;
      return () => {};
    },
  } as Partial<SessionHost> as SessionHost;
  streams = new EventStreams(host, admissions, 100, toAuthZen);
});
afterEach(() => {
  streams.close();
  admissions.close();
  vi.useRealTimers();
});

const readNothing = async () => ({ event: 'state', data: {} });

async function open(readState = readNothing): Promise<Response> {
  const raw = new Response();
  const caller = { id: 'key:ann', roles: new Set(['sessions']) };
  const request = { caller, raw: { headers: {}, socket: raw.socket } };
  const reply = { raw, hijack: () => {} };
  const follow = { readState, isWanted: () => true };
  await streams.open(
    request as unknown as FastifyRequest,
    reply as unknown as FastifyReply,
    () => follow,
  );
  return raw;
}

const denied: Answer = createRefusalAnswer('x', 'x');
const change = (id: string, answer = denied): void => {
  const what: SessionChange = { id, before: 'permit', answer } as SessionChange;
  listener({ kind: 'changed', change: what, owner: undefined });
};
const close = (id: string): void => listener({ kind: 'closed', id, owner: undefined });
const listEvents = (text: string) => [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);

attack('http-unread-streams', async () => {
  const unread = await Promise.all(Array.from({ length: 10 }, () => open()));
  for (let number = 0; number < 15_000; number += 1) close(`${'x'.repeat(240)}${number}`);
  for (const { text } of unread) expect(text.length).toBeLessThan(20_000);
  expect(unread.map(({ destroyed }) => destroyed)).toEqual(unread.map(() => false));
  for (let number = 0; number < 10_000; number += 1) close(`${'y'.repeat(240)}${number}`);
  // As streams end, the others may have more.
  expect(unread.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(0);
  vi.advanceTimersByTime(46_000);
  expect(unread.map(({ destroyed }) => destroyed)).toEqual(unread.map(() => true));
  expect(streams.size).toBe(0);
});

test('a slow reader gets the latest events of each session in their order', async () => {
  const stream = await open();
  for (let number = 0; number < 100; number += 1) change(`${'x'.repeat(240)}${number}`);
  const before = stream.text.length;
  change('a');
  change('a');
  close('a');
  close('b');
  close('a');
  change('a');
  change('a');
  expect(stream.text.length).toBe(before);
  stream.read();
  let rest = '';
  for (let text = stream.read(); text !== ''; text = stream.read()) rest += text;
  const ofA = rest.split('\n\n').filter((each) => each.includes('"id":"a"'));
  expect(listEvents(ofA.join('\n\n'))).toEqual(['closed', 'changed']);
  expect(rest.split('"id":"b"')).toHaveLength(2);
  vi.advanceTimersByTime(120_000);
  expect(stream.destroyed).toBe(false);
});

test('memory does not grow with the number of changes of a session', async () => {
  const stream = await open();
  for (let number = 0; number < 100; number += 1) change(`${'x'.repeat(240)}${number}`);
  for (let number = 0; number < 10_000; number += 1) {
    change('a');
    close('a');
  }
  stream.read();
  let rest = '';
  for (let text = stream.read(); text !== ''; text = stream.read()) rest += text;
  expect(rest.split('"id":"a"').length).toBeLessThan(5);
  expect(stream.destroyed).toBe(false);
});

test('a change while the state is read is sent after it', async () => {
  const stream = await open(async () => {
    // In a cluster, another node has the state.
    change('a', denied);
    close('b');
    return { event: 'state', data: {} };
  });
  expect(listEvents(stream.text)).toEqual(['state', 'changed', 'closed']);
  change('a');
  expect(listEvents(stream.text)).toEqual(['state', 'changed', 'closed', 'changed']);
});

test('a stream ends if the caller does not have its state', async () => {
  const refused = open(() => Promise.reject(new Error('no session')));
  await expect(refused).rejects.toThrow('no session');
  expect(streams.size).toBe(0);
});
