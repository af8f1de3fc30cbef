// Diagnostics of what answers hold and what is claimed of them: obligations, reasons, invariants.

import type { Entry } from './entry.ts';

const signIn = 'obligation step_up { acr_value: String }';
const page = 'obligation page: custom { team: String }';
const ask = 'context { time: Timestamp }\nobligation ask: access_request { expires_in: Duration }';

export const answerMessages = {
  'unknown-obligation': {
    severity: 'error',
    message: (p: { name: string }) => `no obligation \`${p.name}\` is declared`,
    help: 'declare it: `obligation step_up { acr_value: String }`, or `obligation name: custom { … }`',
    avoid: 'policy p\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }',
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-obligation': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'the types are `step_up`, `notification`, `session_termination`, `access_request`, and `custom` for one of your own: `obligation name: custom { … }`',
    avoid: 'policy p\nobligation page { team: String }\nfor any { permit ok otherwise }',
    prefer: `policy p\n${page}\nfor any { permit ok otherwise }`,
  },
  'misplaced-obligation': {
    severity: 'error',
    message: (p: { name: string; type: string; effect: string; effects: string }) =>
      `a ${p.effect} cannot ask for \`${p.name}\`, which is ${/^[aeiou]/.test(p.type) ? 'an' : 'a'} ${p.type}`,
    help: 'a `challenge` asks for a step-up or an access request, and a `revoke` for the end of the session; a notification and what is custom go with every effect',
    avoid: `policy p\n${signIn}\nfor any { permit ok otherwise with step_up { acr_value: "a" } }`,
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-access-request': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'say `expires_in: 10m` or the like; what another approver decides is asked for by another rule',
    avoid: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 0s } }`,
    prefer: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 10m } }`,
  },
  'missing-member': {
    severity: 'error',
    message: (p: { owner: string; names: string }) => `\`${p.owner}\` lacks ${p.names}`,
    help: 'give each member that has neither a `?` nor a default',
    avoid: `policy p\n${page}\nfor any { permit ok otherwise with page }`,
    prefer: `policy p\n${page}\nfor any { permit ok otherwise with page { team: "a" } }`,
  },
  'unknown-reason': {
    severity: 'error',
    message: (p: { name: string }) => `no rule is called \`${p.name}\``,
    help: 'a reason is the id of a rule or of a score’s condition, or `default_deny` or `invalid_request`',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because okay }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because ok }',
  },
} satisfies Record<string, Entry>;
