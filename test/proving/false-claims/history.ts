// Claims about the history of a session, which no request outside of sessions violates: a policy without any rule about
// the history.

import { createRequest, type FalseClaim } from './false-claim.ts';

function after(condition: string, declarations = ''): FalseClaim {
  return {
    name: condition,
    policy: `policy acme.history
subject any {}
context { time: Timestamp }
signals { "failure": { kind?: String, size?: Int(0..100) } }
${declarations}
for any {
  permit ok otherwise
}
invariant "claim" for any
  ${condition} implies effect is deny
`,
    requests: [createRequest({ context: { time: '2026-01-01T00:00:00Z' } })],
  };
}

/** A claim that is false outside of sessions, where it says nothing, and in some. */
function always(claim: string): FalseClaim {
  const { policy, ...rest } = after(claim);
  return { ...rest, name: claim, policy: policy.replace(' implies effect is deny', '') };
}

export const historyClaims: readonly FalseClaim[] = [
  always('known(last(signal "failure").kind)'),
  always('known(last(signal "failure").size) or effect is deny'),
  always('not known(last(signal "failure").kind)'),
  after('count(signal "failure", within 10m) >= 5'),
  after('count(signal "failure", within 10m) > 5'),
  after('count(signal "failure", within 1h) >= 30'),
  after('once(signal "failure", within 10m)'),
  after('once(signal "failure")'),
  after('not once(signal "failure", within 10m)'),
  after('count(signal "failure" where event.kind is "a", within 10m) >= 5'),
  after('sum(event.size of signal "failure", within 10m) > 50'),
  after('count(allowed, within 10m) >= 5'),
  after('count(allowed doing "read", within 1h) >= 9'),
  after('last(signal "failure").kind is "a"'),
  after('known(last(signal "failure").kind)'),
  after('last(signal "failure").size > 3'),
];
