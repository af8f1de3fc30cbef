// Diagnostics about obligations, reasons and invariants.

import type { Entry } from './entry.ts';

const signIn = 'obligation step_up { acr_value: String }';
const page = 'obligation page: custom { team: String }';
const ask = 'context { time: Timestamp }\nobligation ask: access_request { expires_in: Duration }';

export const answerMessages = {
  'unknown-obligation': {
    severity: 'error',
    message: (p: { name: string }) => `unknown obligation \`${p.name}\``,
    help: 'declare it: `obligation step_up { acr_value: String }`, or `obligation name: custom { … }`',
    absent: (p: { name: string }) => p.name,
    why: 'The enforcement point must understand an obligation, so each one is declared with its members and their types. A misspelled obligation would be ignored, and access given without it.',
    avoid: 'policy p\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }',
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-obligation': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'the types are `step_up`, `notification`, `session_termination` and `access_request`, and `custom` for your own: `obligation name: custom { … }`',
    why: 'The types of obligations are those of the AuthZEN profile, and their members have fixed names and types, so that every enforcement point understands them. Members are single values because they are sent as JSON to systems that do not know the policy.',
    avoid: 'policy p\nobligation page { team: String }\nfor any { permit ok otherwise }',
    prefer: `policy p\n${page}\nfor any { permit ok otherwise }`,
  },
  'misplaced-obligation': {
    severity: 'error',
    message: (p: { name: string; type: string; effect: string; effects: string }) =>
      `a ${p.effect} cannot require \`${p.name}\`, which is ${/^[aeiou]/.test(p.type) ? 'an' : 'a'} ${p.type}`,
    help: 'a `challenge` can require a step-up or an access request, a `revoke` the end of the session, and every effect a notification or a custom obligation',
    why: 'An obligation has a meaning only with certain effects. A step-up with a permit would be required of a subject that already has access, and the end of the session with a challenge would leave nothing to continue.',
    avoid: `policy p\n${signIn}\nfor any { permit ok otherwise with step_up { acr_value: "a" } }`,
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-access-request': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'set `expires_in: 10m` or similar; use another rule for what another approver decides',
    why: 'An answer contains at most one access request, and states until when it can be made. With two of them, or with one that expires at once, the challenged caller would not know what to request.',
    avoid: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 0s } }`,
    prefer: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 10m } }`,
  },
  'missing-member': {
    severity: 'error',
    message: (p: { owner: string; names: string }) => `\`${p.owner}\` is missing ${p.names}`,
    help: 'set each member that has neither a `?` nor a default',
    why: 'Another system carries out the obligation and needs all of these members. Without one of them it would reject the obligation at run time.',
    avoid: `policy p\n${page}\nfor any { permit ok otherwise with page }`,
    prefer: `policy p\n${page}\nfor any { permit ok otherwise with page { team: "a" } }`,
  },
  'unknown-reason': {
    severity: 'error',
    message: (p: { name: string }) => `unknown reason \`${p.name}\``,
    help: 'a reason is the name of a rule or of a condition of a score, or `default_deny` or `invalid_request`',
    absent: (p: { name: string }) => p.name,
    why: 'A test that names its reason also shows that the expected rule fired. No answer has this reason, so the test could never pass.',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because okay }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because ok }',
  },
} satisfies Record<string, Entry>;
