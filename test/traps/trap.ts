// A trap: a small policy that is valid and does not do what its author meant, with a request that shows it, and the
// policy that its author meant.

export interface Trap {
  /** The intention of the author, as one sentence. */
  readonly meant: string;
  /**
   * The policy without its first line. Here and in the steps, `‹a ⇒ b›` is `a` in the trap and `b` in what was meant;
   * either can be empty.
   */
  readonly policy: string;
  /** The steps of a test up to the last expectation, see `one` and `session`. */
  readonly steps: string;
  /** The effect of the trap, and the one that was meant. */
  readonly got: Effect;
  readonly wanted: Effect;
  /** For a trap without a diagnostic: why it cannot be decided from the policy alone. */
  readonly silent?: string;
  /** For a trap that could be decided from the policy alone and may have no diagnostic: what is not looked for. */
  readonly undetected?: string;
}

type Effect = 'permit' | 'narrow' | 'challenge' | 'deny' | 'revoke';

/** Traps by their ids. */
export type Traps = Readonly<Record<string, Trap>>;

interface Parts {
  readonly subject?: string;
  readonly args?: string;
  readonly type?: string;
  readonly id?: string;
  readonly resource?: string;
  readonly context?: string;
  readonly kind?: string;
}

function facts(action: string, parts: Parts): string {
  const { subject = '', args = '', type = 'thing', id = 'r1', resource = '', context = '' } = parts;
  const { kind = 'agent' } = parts;
  const more = context === '' ? '' : `, ${context}`;
  return `{
    subject: { type: ${JSON.stringify(kind)}, id: ann, properties: { ${subject} } },
    action: { name: ${JSON.stringify(action)}, properties: { ${args} } },
    resource: { type: ${JSON.stringify(type)}, id: ${JSON.stringify(id)}, properties: { ${resource} } },
    context: { time: 2026-03-03T10:00:00Z${more} }
  }`;
}

/** One request by `ann`, an `agent`, about the thing `r1`, on a Tuesday at ten o'clock UTC. */
export function one(action: string, parts: Parts = {}): string {
  return `request ${facts(action, parts)}`;
}

/** A session that opens with such a request. */
export function session(action: string, parts: Parts = {}): string {
  return `session ${facts(action, parts)}`;
}

const choice = /‹([^⇒›]*)⇒([^›]*)›/g;

/** The policy of a trap, or the one that was meant, with a test that expects its effect. */
export function trapPolicy({ policy, steps, got, wanted }: Trap, isMeant: boolean): string {
  const expected = isMeant ? wanted : got;
  const text = `policy trap\n${policy}\ntest "the request" {\n  ${steps}\n  expect ${expected}\n}\n`;
  return text.replace(choice, (_, trap: string, right: string) => (isMeant ? right : trap).trim());
}
