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
    absent: (p: { name: string }) => p.name,
    why: 'Whoever enforces an answer must know what it asks of them, so each obligation is declared with its members and their types. A misspelt one would be ignored, and the access given without what was asked for.',
    avoid: 'policy p\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }',
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-obligation': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'the types are `step_up`, `notification`, `session_termination`, `access_request`, and `custom` for one of your own: `obligation name: custom { … }`',
    why: 'The known types of obligations are those of the AuthZEN profile, and their members have fixed names and types, so that any enforcement point understands them. Members are plain values, since they travel as JSON to systems that know no policy.',
    avoid: 'policy p\nobligation page { team: String }\nfor any { permit ok otherwise }',
    prefer: `policy p\n${page}\nfor any { permit ok otherwise }`,
  },
  'misplaced-obligation': {
    severity: 'error',
    message: (p: { name: string; type: string; effect: string; effects: string }) =>
      `a ${p.effect} cannot ask for \`${p.name}\`, which is ${/^[aeiou]/.test(p.type) ? 'an' : 'a'} ${p.type}`,
    help: 'a `challenge` asks for a step-up or an access request, and a `revoke` for the end of the session; a notification and what is custom go with every effect',
    why: 'An obligation means something only with some effects. A step-up along with a permit would be asked of somebody who is already in, and ending a session along with a challenge would leave nothing to continue.',
    avoid: `policy p\n${signIn}\nfor any { permit ok otherwise with step_up { acr_value: "a" } }`,
    prefer: `policy p\n${signIn}\nfor any { permit ok otherwise\nchallenge c with step_up { acr_value: "a" } }`,
  },
  'bad-access-request': {
    severity: 'error',
    message: (p: { why: string }) => p.why,
    help: 'say `expires_in: 10m` or the like; what another approver decides is asked for by another rule',
    why: 'An answer tells of at most one access request, and until when it can be made. With two, or one that lasts no time, whoever is challenged would not know what to ask for.',
    avoid: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 0s } }`,
    prefer: `policy p\n${ask}\nfor any { permit ok otherwise\nchallenge c with ask { expires_in: 10m } }`,
  },
  'missing-member': {
    severity: 'error',
    message: (p: { owner: string; names: string }) => `\`${p.owner}\` lacks ${p.names}`,
    help: 'give each member that has neither a `?` nor a default',
    why: 'An obligation is acted upon by another system, which needs all of these members. Without one of them the demand would be refused there, at run time, when it is too late to notice.',
    avoid: `policy p\n${page}\nfor any { permit ok otherwise with page }`,
    prefer: `policy p\n${page}\nfor any { permit ok otherwise with page { team: "a" } }`,
  },
  'unknown-reason': {
    severity: 'error',
    message: (p: { name: string }) => `no rule is called \`${p.name}\``,
    help: "a reason is the id of a rule or of a score's condition, or `default_deny` or `invalid_request`",
    absent: (p: { name: string }) => p.name,
    why: 'A test that names its reason also shows that the right rule fired. A reason that no rule can give would never be found, and the test would fail without telling why.',
    avoid:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because okay }',
    prefer:
      'policy p\nfor any { permit ok otherwise }\ntest "t" { request { "subject": { "type": "a", "id": "b" }, "action": { "name": "c" }, "resource": { "type": "d", "id": "e" } } expect permit because ok }',
  },
} satisfies Record<string, Entry>;
