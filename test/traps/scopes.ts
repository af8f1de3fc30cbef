// Traps with scopes: names, globs, lists of names and the types of callers.

import { one, session, type Traps } from './trap.ts';

export const scopes = {
  'quoted-glob-of-actions': {
    meant: 'Actions on files are denied while they are frozen.',
    policy: `subject agent {}
action "fs.read" {}
action any {}
context { frozen: Bool }
for agent { permit works otherwise }
for agent doing ‹"fs.*" ⇒ glob"fs.*"› { deny frozen when context.frozen }`,
    steps: one('fs.write', { context: 'frozen: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'quoted-glob-of-resources': {
    meant: 'Nothing in the vault is used while it is frozen.',
    policy: `subject agent {}
resource "vault.cert" {}
resource any {}
context { frozen: Bool }
for agent { permit works otherwise }
for agent on ‹"vault.*" ⇒ glob"vault.*"› { deny frozen when context.frozen }`,
    steps: one('read', { type: 'vault.key', context: 'frozen: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'quoted-glob-in-a-set-of-names': {
    meant: 'Nothing is written in a read-only session.',
    policy: `subject agent {}
action "db.write" {}
action any {}
context { read_only: Bool }
actions writes = { ‹"*.write" ⇒ glob"*.write"›, "delete" }
for agent { permit works otherwise }
for agent doing writes { deny read_only when context.read_only }`,
    steps: one('fs.write', { context: 'read_only: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'quoted-glob-of-an-event': {
    meant: 'After two exports of any kind, there is no further one.',
    policy: `subject agent {}
action "export.json" {}
action any {}
context { time: Timestamp }
for agent { permit works otherwise
  deny enough when count(allowed doing ‹"export.*" ⇒ glob"export.*"›) >= 2 }`,
    steps: `session {
    subject: { type: agent, id: ann },
    action: { name: "export.csv" },
    resource: { type: thing, id: r1 },
    context: { time: 2026-03-03T10:00:00Z }
  }
  ask 2 times expect permit
  then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'star-for-all-actions': {
    meant: 'A suspended agent does nothing.',
    policy: `subject agent { suspended: Bool }
action any {}
for agent { permit works otherwise }
for agent doing ‹"*" ⇒ any› { deny suspended when subject.suspended }`,
    steps: one('read', { subject: 'suspended: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'glob-and-slash': {
    meant: 'Actions on files are denied while they are frozen.',
    policy: `subject agent {}
action "fs‹.⇒/›read" {}
action any {}
context { frozen: Bool }
for agent { permit works otherwise }
for agent doing glob"fs‹.⇒/›*" { deny frozen when context.frozen }`,
    steps: one('fs/write', { context: 'frozen: true' }),
    got: 'permit',
    wanted: 'deny',
    silent:
      'Which names the caller uses for actions is not in the policy; with `fs.write` the same glob is right.',
  },
  'deny-list-of-actions': {
    meant: 'Data is not destroyed.',
    policy: `subject agent {}
action any {}
for agent ‹⇒doing "db.query"› { permit works otherwise }
‹for agent doing "db.drop", "db.truncate" { deny destroys } ⇒›`,
    steps: one('db.delete'),
    got: 'permit',
    wanted: 'deny',
  },
  'deny-list-by-name': {
    meant: 'Data is not destroyed.',
    policy: `subject agent {}
action any {}
for agent { permit works ‹otherwise
  deny destroys when action.name in { "db.drop", "db.truncate" } ⇒ when action.name is "db.query"› }`,
    steps: one('db.delete'),
    got: 'permit',
    wanted: 'deny',
  },
  'deny-list-of-resources': {
    meant: 'Secrets are not read.',
    policy: `subject agent {}
resource any {}
for agent ‹⇒on document› { permit works otherwise }
‹for agent on secret { deny secrets } ⇒›`,
    steps: one('read', { type: 'api_key' }),
    got: 'permit',
    wanted: 'deny',
  },
  'case-of-an-action': {
    meant: 'Nothing is deleted.',
    policy: `subject agent {}
action any {}
for agent ‹⇒doing read› { permit works otherwise }
‹for agent doing delete { deny deletes } ⇒›`,
    steps: one('Delete'),
    got: 'permit',
    wanted: 'deny',
  },
  'misspelled-action': {
    meant: 'Nothing is written in a read-only session.',
    policy: `subject agent {}
action "fs.write" {}
action any {}
context { read_only: Bool }
for agent { permit works otherwise }
for agent doing "fs.wr‹ie⇒it›‹t⇒e›" { deny writes when context.read_only }`,
    steps: one('fs.write', { context: 'read_only: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'misspelled-name-in-a-condition': {
    meant: 'Nothing is written.',
    policy: `subject agent {}
action "fs.write" {}
action "fs.read" {}
for agent { permit works otherwise
  deny writes when action.name is "fs.‹wirte⇒write›" }`,
    steps: one('fs.write'),
    got: 'permit',
    wanted: 'deny',
  },
  'condition-of-the-group': {
    meant: 'Members of the team ops work, and nobody drops a table.',
    policy: `subject agent { team: String, contractor: Bool }
action drop {}
action read {}
for agent ‹when subject.team is "ops" { ⇒ {› permit ops ‹otherwise⇒ when subject.team is "ops"›
  permit contractors when subject.contractor
  deny drops when action.name is "drop" }
‹for agent { permit helpers when subject.contractor } ⇒›`,
    steps: one('drop', { subject: 'team: "dev", contractor: true' }),
    got: 'permit',
    wanted: 'deny',
    silent:
      'A restriction for some teams only is common; nothing in the policy says that this one is for all.',
  },
  'identity-without-its-type': {
    meant: 'The agent root may do everything.',
    policy: `subject agent {}
subject job {}
for ‹any ⇒ agent› { permit root when subject.id is "ann" }`,
    steps: one('drop', { kind: 'job' }),
    got: 'permit',
    wanted: 'deny',
  },
  'action-without-its-member': {
    meant: 'Agents read and list files outside of /etc.',
    policy: `subject agent {}
action read { path: String }
action list {}
for agent { permit works otherwise }
for agent ‹⇒doing read› { deny system when action.path under "/etc" }`,
    steps: one('list'),
    got: 'deny',
    wanted: 'permit',
  },
  'narrow-of-another-action': {
    meant: 'Exports at night are limited to 100 rows.',
    policy: `subject agent {}
action export {}
action query {}
constraint max_rows: Int smallest wins
context { night: Bool }
for agent doing ‹query ⇒ export› { permit reads otherwise }
for agent doing export { narrow at_night when context.night to { max_rows: 100 } }`,
    steps: one('export', { context: 'night: true' }),
    got: 'deny',
    wanted: 'narrow',
  },
  'owner-of-another-type': {
    meant: 'Users read what is theirs.',
    policy: `subject agent {}
subject user {}
resource record { owner: String }
for ‹agent, user ⇒ user› on record { permit own when resource.owner is subject.id }`,
    steps: one('read', { type: 'record', resource: 'owner: ann' }),
    got: 'permit',
    wanted: 'deny',
  },
  'deny-list-with-a-condition': {
    meant: 'Only the boss pays.',
    policy: `subject agent { team: String }
action any {}
for agent { permit works ‹otherwise ⇒ when action.name in { "read", "list" }›
  ‹deny pays when action.name in { "pay", "send" } and subject.team is not "boss" ⇒› }`,
    steps: one('Pay', { subject: 'team: ops' }),
    got: 'permit',
    wanted: 'deny',
  },
  'challenge-list-by-name': {
    meant: 'Payments need a step-up.',
    policy: `subject agent {}
action any {}
context { acr?: String }
for agent { permit works ‹otherwise ⇒ when action.name in { "read", "list" }›
  ‹challenge pays when action.name is "pay" and context.acr is not "gold" ⇒› }`,
    steps: one('Pay', {}),
    got: 'permit',
    wanted: 'deny',
  },
  'tool-that-is-not-the-shell': {
    meant: 'Every tool but the shell is used.',
    policy: `subject agent {}
action call { tool: String }
for agent { permit works when action.tool ‹is not "shell" ⇒ in { "search", "read" }› }`,
    steps: one('call', { args: 'tool: "Shell"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'tools-that-are-denied': {
    meant: 'No program that removes files is used.',
    policy: `subject agent {}
action call { program: String }
for agent { permit works ‹otherwise ⇒ when action.program in { "ls", "cat" }›
  ‹deny removes when action.program in { "rm", "shred" } ⇒› }`,
    steps: one('call', { args: 'program: "/bin/rm"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'revoke-for-one-action': {
    meant: 'After a leak nothing is done.',
    policy: `subject agent {}
action read {}
action pay {}
context { time: Timestamp }
signals { leak: {} }
for agent doing read, pay { permit works otherwise }
for agent ‹doing read ⇒› { revoke leaked when once(signal "leak") }`,
    steps: `${session('pay')} signal "leak" {}`,
    got: 'permit',
    wanted: 'revoke',
  },
} satisfies Traps;
