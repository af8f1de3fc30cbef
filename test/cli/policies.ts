// The policies and requests that the tests of the command line share.

export const policy = `policy acme.files version "1.0.0"

enum Risk { LOW < MEDIUM < HIGH }
subject agent { active: Bool = true, shift_ends?: Timestamp }
context { time: Timestamp, risk?: Risk }
constraint ttl: Duration smallest wins

for agent {
  permit acts when subject.active // allow fails-open: an agent is active by default
  deny shift_over when context.time >= subject.shift_ends, if unknown skip // allow fails-open: some have no shift
  deny risky when context.risk is HIGH
    because "risk is {context.risk}"
  narrow careful when context.risk is MEDIUM to { ttl: 60s }
}

test "low risk" {
  request from "request.json"
  expect permit because acts
}
`;

export const request = JSON.stringify({
  subject: { type: 'agent', id: 'a', properties: { shift_ends: '2026-01-01T18:00:00Z' } },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
  context: { time: '2026-01-01T12:00:00Z', risk: 'LOW' },
});

/** Returns the request with changed members of its context. */
export function createRequest(context: Readonly<Record<string, unknown>>): string {
  const whole = JSON.parse(request) as { context: object };
  return JSON.stringify({ ...whole, context: { ...whole.context, ...context } });
}

export const broken = `policy acme.files version "1.0.0"
use "names.nhipol"
subject agent { active: Bool = true }
for agent {
  permit acts when subject.activ
  deny when and
}
`;

/** Returns the output of `nhipol test` without durations. */
export function removeTimes(out: string): string {
  return out.replace(/ \(\d+\.\d s\)$/gm, '');
}
