// The policy of these tests, and the settings of its events: a signal or an event revokes, and each decision shows how many marks the session has.

export const maxMarks = 12;

const rules = Array.from(
  { length: maxMarks },
  (_, index) => `  permit marks_${index + 1} when count(signal "mark", within 1h) >= ${index + 1}`,
).join('\n');

export const policy = `
policy test.faults version "1.0.0"

subject ai_agent {}
action read {}
resource file {}
context { time: Timestamp, ok?: Bool, group?: String }
signals { "leaked": {}, "mark": {} }

for ai_agent {
  revoke leaked when once(signal "leaked")
}
for ai_agent doing read on file {
  permit reads when context.ok
${rules}
}
`;

/** The settings of nodes: whose events end the sessions of a group. */
export function signalSettings(issuer: string, audience: string, jwks: URL): object {
  return {
    subjects: { group: { format: 'opaque', id: '$session.context.group' } },
    events: { 'credential-compromise': { signal: 'leaked', payload: {} } },
    sources: [{ name: 'idp', issuer, audience, delivery: 'push', manage: false, jwks: jwks.href }],
  };
}
