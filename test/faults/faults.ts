// Ten policies with one typical fault each. The policies in policies/ are correct and have the few tests that an
// author in a hurry writes; an edit adds the fault.

export interface Fault {
  /** The name of the policy's file. */
  readonly policy: string;
  /** The fault, in a few words. */
  readonly what: string;
  /** Occurs once in the policy. */
  readonly find: string;
  readonly put: string;
  /** The tools that detect it. `test` includes invariants, `diff` compares with the correct policy. */
  readonly noticedBy: readonly Tool[];
}

export type Tool = 'warning' | 'test' | 'verify' | 'diff' | 'mutate';

export const faults: readonly Fault[] = [
  {
    policy: 'expired-token',
    what: 'an inverted comparison',
    find: 'deny token_expired when context.time >=',
    put: 'deny token_expired when context.time <=',
    noticedBy: ['test', 'verify', 'diff'],
  },
  {
    policy: 'unapproved-change',
    what: 'a missing value counts as approval',
    find: 'when not context.change.approved',
    put: 'when not (context.change.approved else true)',
    noticedBy: ['warning', 'test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'office-hours',
    what: 'a window that ends an hour too late',
    find: '09:00..17:00',
    put: '09:00..18:00',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'build-network',
    what: 'a network one bit too wide',
    find: 'when subject.address in 10.20.0.0/16',
    put: 'when subject.address in 10.20.0.0/15',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'risky-agent',
    what: 'a test of presence that fails open',
    find: 'deny risk_high when context.risk.level',
    put: 'deny risk_high when context.risk is present and context.risk.level',
    noticedBy: ['warning', 'diff', 'mutate'],
  },
  {
    policy: 'two-conditions',
    what: '`or` instead of `and`',
    find: 'is subject.partner and subject.country',
    put: 'is subject.partner or subject.country',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'old-signal',
    what: 'a missing `latest`, so that a stale signal is ignored',
    find: 'latest(context.risk.level) is HIGH, if',
    put: 'context.risk.level is HIGH, if',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'payment-limit',
    what: 'a threshold off by one',
    find: 'when action.amount > 500',
    put: 'when action.amount > 501',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
  {
    policy: 'leaked-key',
    what: 'a missing rule',
    find: '  // allow fails-open: a key is not known to have leaked until somebody reports it\n  revoke key_leaked when subject.credential.exposed\n',
    put: '',
    noticedBy: ['verify', 'diff'],
  },
  {
    policy: 'fresh-evidence',
    what: 'hours instead of minutes',
    find: 'fresh 5m',
    put: 'fresh 5h',
    noticedBy: ['test', 'verify', 'diff', 'mutate'],
  },
];
