// A guard whose client may be refused at any moment: it is revoked, its token expires, or the state cannot be read. Time is that of
// fake timers. It also checks what passes then.

import type { Store } from '@nhipol/service';
import { expect, vi } from 'vitest';
import type { MethodSender } from '../../../service/mcp/protocol/methods.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { marks, type Sent } from './messages.ts';

/** A policy that permits everything but `leave`, which revokes, and `write`, which a person has to approve. */
const gatePolicy = `policy test.gate version "1.0.0"
use nhi.{ Approval }
use nhi.{ is_approved }
record Path { path: String }
record Leave { why: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action "fs:leave" { arguments: Leave }
action any {}
resource mcp_server {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
outcomes { "completed": {}, "failed": {}, "delivered": {} }
obligation ask: access_request { template: String, expires_in: Duration = 10m }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:write" {
  challenge writes when not is_approved(context.approvals, context.call_digest)
    with ask { template: "write" }
}
for ai_agent doing "fs:leave" { revoke leaves when action.arguments.why is "done" }
`;

export const compileGatePolicy = () => compileForGuard(gatePolicy);

/** Why a client may no longer be served. */
export const closings = ['revoked', 'expired', 'unreadable', 'unwatched'] as const;
export type Closing = (typeof closings)[number];

/** How often the engine looks at the state, in milliseconds. */
const lookInterval = 200;
/** How long the token of the client is valid, in milliseconds. */
export const tokenLife = 100_000;

/** A state that another process changes, and that may not be readable. */
export class ChangingStore {
  readonly store: Store;
  #isReadable = true;
  /** Whether changes by other processes are noticed. */
  #isWatched = true;
  #version = 0;

  readonly subject: string;

  /** `subject`: the client. Stores of several subjects may share one state. */
  constructor(inner: Store, subject: string) {
    this.subject = subject;
    const readable = () => {
      if (!this.#isReadable) throw new Error('disk error');
    };
    this.store = {
      ...inner,
      version: () => {
        readable();
        if (!this.#isWatched) throw new Error('disk error');
        return inner.version() + this.#version;
      },
      revocationOf: (scope) => {
        readable();
        return inner.revocationOf(scope);
      },
    };
  }

  /** Closes the gate; `validUntil`: when the token of the client expires. */
  close(closing: Closing, validUntil: number): void {
    if (closing === 'expired') {
      // The token is not valid at the very instant of its end.
      vi.advanceTimersByTime(validUntil - Date.now());
      return;
    }
    if (closing === 'revoked') {
      this.store.revoke({
        subjectType: 'ai_agent',
        subjectId: this.subject,
        server: undefined,
        at: Date.now(),
        reasons: ['revoked_by_operator'],
        message: 'the key leaked',
      });
      this.#version += 1;
    } else if (closing === 'unreadable') {
      this.#isReadable = false;
    } else {
      this.#isWatched = false;
    }
    vi.advanceTimersByTime(lookInterval);
  }
}

const reasons = /not permitted: .*(the key leaked|the token has expired|it is unknown whether)/;

/** Checks that nothing of the other side is among the messages that a side gets: only refusals, cancellations, and their like. */
export function expectOnlyRefusals(side: MethodSender, received: readonly string[]): void {
  const other = marks[side === 'client' ? 'server' : 'client'];
  for (const text of received) {
    expect(text).not.toContain(other);
    const { method, id }: Sent = JSON.parse(text);
    const isCancellation =
      method === 'notifications/cancelled' ||
      (method === 'tasks/cancel' && String(id).startsWith('nhipol-'));
    if (!isCancellation) expect(text).toMatch(/not permitted: |the server ended/);
  }
}

/** Checks that a request is refused: its sender gets one answer, and the log has a line about it. */
export function expectRefused(
  side: MethodSender,
  text: string,
  answers: readonly string[],
  lines: readonly { readonly kind: string }[],
): void {
  let sent: Sent | undefined;
  try {
    sent = JSON.parse(text);
  } catch {
    return;
  }
  if (sent === undefined || Array.isArray(sent)) return;
  if (sent.id === undefined || sent.method === undefined) return;
  // A message of a server that cannot be read is dropped.
  if (side === 'server' && 'extra' in sent) return;
  const own = answers.filter((each) => JSON.parse(each).id === sent?.id);
  expect(own, text).toHaveLength(1);
  expect(own[0]).toMatch(reasons);
  expect(lines.filter(({ kind }) => kind === 'refusal').length, text).toBeGreaterThan(0);
}
