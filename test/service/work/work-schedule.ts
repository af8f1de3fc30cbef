// Carries out schedules of events for the requests of a client on a guard over HTTP, and compares the guard with the model: each request
// whose permission ends is cancelled at the server, nothing of it reaches the client afterwards, and nothing begins without a permission.

import { expect } from 'vitest';
import { RunningWork, type WorkKind } from './running-work.ts';
import type { WorkGuard } from './work-guard.ts';

export type Step =
  | { readonly do: 'call'; readonly kind: WorkKind }
  /** For one of the requests: its client leaves or cancels it, its connection at the server ends, or the server answers. */
  | { readonly do: 'leave' | 'cancel' | 'cut' | 'answer'; readonly of: number }
  /** The server is too busy for the next cancellations. */
  | { readonly do: 'busy'; readonly times: number }
  | { readonly do: 'page' | 'revoke' | 'expire' | 'remove' | 'renew' | 'delete' | 'end' }
  /** The client begins to continue a stream, or stops that. */
  | { readonly do: 'resume' }
  /** The next step comes when the server has taken all cancellations. */
  | { readonly do: 'settle' };

const reasons = {
  page: 'it has read a page',
  revoke: 'the key leaked',
  expire: 'the token has expired',
  remove: 'the token is no longer accepted',
  end: 'the guard ends',
} as const;

const patience = { timeout: 20_000, interval: 10 };

/** How long a client may take to continue a stream, and the part of it after which it is uncertain whether it still can. */
export const resumePeriod = 700;
const certainPeriod = 350;

interface Work extends RunningWork {
  readonly leaving: AbortController;
  leftAt: number;
}

export class WorkSchedule {
  readonly #guard: WorkGuard;
  readonly #works: Work[] = [];
  /** The texts that clients have read, by the ids of requests; `resumed`: in streams that they continued. */
  readonly #texts = new Map<number | 'resumed', string>();
  readonly #delivered = new Set<number>();
  /** The requests of the session of MCP that is open. */
  #session: Work[] = [];
  /** The requests whose tokens are not known to have ended. */
  #leased: Work[] = [];
  #ids = 0;
  #hasPage = false;
  #closed: { ended?: true; revoked?: true; token?: true } = {};
  #resuming: AbortController | undefined;

  constructor(guard: WorkGuard) {
    this.#guard = guard;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#perform(step);
    await this.#settle();
    for (const { leaving } of this.#works) leaving.abort();
    await this.#guard.close();
    const texts = [...this.#texts.values()].join('');
    const undue = this.#works.filter(
      (work) => !this.#delivered.has(work.id) && work.hasAnswer(texts),
    );
    expect(undue.map(({ id }) => id)).toEqual([]);
  }

  async #perform(step: Step): Promise<void> {
    switch (step.do) {
      case 'call':
        return this.#call(step.kind);
      case 'busy':
        this.#guard.server.refusals.splice(0, 9, ...Array.from({ length: step.times }, () => 503));
        return;
      case 'settle':
        return this.#settle();
      case 'leave':
      case 'cancel':
      case 'cut':
      case 'answer': {
        const work = this.#works[step.of % Math.max(this.#works.length, 1)];
        if (work?.isRunning) await this[`_${step.do}`](work);
        return;
      }
      default:
        if (this.#closed.ended === undefined) await this[`_${step.do}`]();
    }
  }

  get #isClosed(): boolean {
    return Object.keys(this.#closed).length > 0;
  }

  /** Resolves when the server has taken what it must, as far as the permissions of now have ended. */
  async #settle(): Promise<void> {
    for (const work of this.#works) if (this.#resuming === undefined && work.isLeft) work.lose();
    const listUnsettled = () =>
      this.#works
        .filter(({ isSettled }) => !isSettled)
        .map(({ id, kind }) => `${kind.method} ${id} (${kind.plan}, ${kind.revision})`);
    await expect.poll(listUnsettled, patience).toEqual([]);
  }

  async #call(kind: WorkKind): Promise<void> {
    await this.#settle();
    const { server } = this.#guard;
    this.#ids += 1;
    const id = this.#ids;
    const leaving = new AbortController();
    const { signal } = leaving;
    const text = this.#read(id, this.#guard.call(id, kind.plan, { ...kind, signal }));
    if (this.#isClosed || this.#hasPage) {
      await text;
      expect(server.begun).not.toContain(id);
      return;
    }
    await expect.poll(() => server.begun, patience).toContain(id);
    const index = server.begun.lastIndexOf(id);
    const work = Object.assign(new RunningWork(id, kind, index, server), { leaving, leftAt: 0 });
    this.#works.push(work);
    this.#leased.push(work);
    if (!work.isStateless) this.#session.push(work);
    // A client can continue a stream from an event that it has read.
    if (work.isResumable)
      await expect.poll(() => this.#texts.get(id), patience).toContain('id: e1');
    if (kind.plan === 'polled') work.leftAt = performance.now();
    work.begin();
    if (!work.isRunning) await text;
  }

  /** Reads the response to a request, as far as the client gets it. */
  async #read(id: number | 'resumed', sent: Promise<Response>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of (await sent).body ?? []) {
        this.#texts.set(id, (this.#texts.get(id) ?? '') + decoder.decode(chunk, { stream: true }));
      }
    } catch {
      // The client has closed the connection, or the guard has.
    }
  }

  async _leave(work: Work): Promise<void> {
    if (!work.isAwaited || work.isLeft) return;
    work.leave();
    work.leftAt = performance.now();
    work.leaving.abort();
  }

  async _cancel(work: Work): Promise<void> {
    if (this.#isClosed || !this.#session.includes(work)) return;
    work.lose();
    await (await this.#guard.cancel(work.id)).text();
  }

  async _cut(work: Work): Promise<void> {
    const { server } = this.#guard;
    if (!server.isOpen(work.index)) return;
    work.lose();
    server.cut(work.index);
  }

  async _answer(work: Work): Promise<void> {
    await this.#settle();
    const { server } = this.#guard;
    const isOpen = server.isOpen(work.index);
    if (!isOpen && (this.#resuming === undefined || work.isStateless)) return;
    const before = this.#countDelivered();
    const isDue = work.isAwaited && !this.#isClosed && isOpen !== work.isLeft;
    if (isOpen) server.answer(work.index, work.result);
    else server.answerElsewhere(work.id, work.result);
    const read = () => this.#texts.get(isOpen ? work.id : 'resumed') ?? '';
    if (isDue) {
      await expect.poll(() => work.hasAnswer(read()), patience).toBe(true);
      this.#delivered.add(work.id);
    } else if (!work.isAwaited) {
      await this.#probe();
      expect(this.#countDelivered()).toBe(before);
    }
    work.end();
  }

  /** Calls another tool. Resolves with what the client gets. */
  async #probe(): Promise<string> {
    this.#ids += 1;
    const sent = this.#guard.call(this.#ids, 'answer', { tool: 'find' });
    return sent.then((response) => response.text()).catch(() => '');
  }

  /** The number of answers of works that were recorded as delivered. */
  #countDelivered(): number {
    return this.#guard.delivered.filter((name) => name === 'fs:slow' || name.startsWith('mcp:'))
      .length;
  }

  async _page(): Promise<void> {
    if (this.#isClosed || this.#hasPage) return;
    this.#hasPage = true;
    for (const work of this.#works) if (!work.isStopped) work.stop(reasons.page);
    this.#ids += 1;
    await this.#guard.readPage(this.#ids);
  }

  async _revoke(): Promise<void> {
    if (this.#closed.revoked) return;
    for (const work of this.#works) work.stop(reasons.revoke);
    this.#guard.revoke();
    if (!this.#isClosed) await expect.poll(() => this.#probe(), patience).toContain(reasons.revoke);
    this.#closed.revoked = true;
    this.#endResuming();
  }

  async _expire(): Promise<void> {
    await this.#endToken(reasons.expire);
    this.#guard.validUntil = Date.now();
  }

  async _remove(): Promise<void> {
    await this.#endToken(reasons.remove);
    this.#guard.isAccepted = false;
  }

  async #endToken(reason: string): Promise<void> {
    await this.#settle();
    for (const work of this.#leased.splice(0)) work.stop(reason);
    this.#closed.token = true;
    this.#endResuming();
  }

  async _renew(): Promise<void> {
    await this.#settle();
    this.#guard.validUntil = Date.now() + 3_600_000;
    this.#guard.isAccepted = true;
    delete this.#closed.token;
  }

  async _delete(): Promise<void> {
    if (this.#isClosed) return;
    const { server } = this.#guard;
    const running = this.#session.filter(({ isRunning }) => isRunning);
    const count = server.deletions.length;
    for (const work of running) work.lose();
    this.#session = [];
    this.#endResuming();
    const { status } = await this.#guard.send(undefined);
    expect([status, server.deletions.length]).toEqual([202, count + 1]);
    // The server takes no cancellation for a session that has ended.
    const late = running.filter((work) => !work.isCancelled(server.deletions[count]));
    expect(late.map(({ id }) => id)).toEqual([]);
    await this.#guard.openSession();
  }

  async _end(): Promise<void> {
    const { server } = this.#guard;
    for (const work of this.#works) work.stop(reasons.end);
    await this.#guard.end();
    this.#closed.ended = true;
    this.#endResuming();
    // When the guard has ended, nothing else stops them.
    const running = this.#works.filter((work) => work.isRunning && !work.isStateless);
    const late = running.filter(({ id }) => !server.listReasons(id).includes(reasons.end));
    expect(late.map(({ id }) => id)).toEqual([]);
  }

  async _resume(): Promise<void> {
    if (this.#resuming !== undefined) {
      this.#endResuming();
      return;
    }
    if (this.#isClosed) return;
    const since = performance.now() - certainPeriod;
    if (this.#session.some((work) => work.isLeft && work.leftAt < since)) await this.#settle();
    const { streams } = this.#guard.server;
    const count = streams.length;
    this.#resuming = new AbortController();
    void this.#read('resumed', this.#guard.resume(this.#resuming.signal));
    await expect.poll(() => streams.length, patience).toBe(count + 1);
  }

  #endResuming(): void {
    this.#resuming?.abort();
    this.#resuming = undefined;
  }
}
