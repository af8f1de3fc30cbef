// Traps with missing data, defaults, enums, tables and delegation chains.

import { one, session, type Traps } from './trap.ts';

export const data = {
  'presence-before-a-restriction': {
    meant: 'Above a risk of 80 nothing is permitted.',
    policy: `subject agent {}
context { risk?: Int }
for agent { permit works otherwise
  deny risky when ‹context.risk is present and ⇒› context.risk > 80 }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'else-in-a-restriction': {
    meant: 'Above a risk of 80 nothing is permitted.',
    policy: `subject agent {}
context { risk?: Int }
for agent { permit works otherwise
  deny risky when ‹(context.risk else 0) ⇒ context.risk› > 80 }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'default-of-a-flag': {
    meant: 'Suspended agents do nothing.',
    policy: `subject agent { suspended‹: Bool = false ⇒ ?: Bool› }
for agent { permit works otherwise
  deny suspended when subject.suspended }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'default-of-a-list': {
    meant: 'Agents with a known finding do nothing.',
    policy: `subject agent { findings‹: Set<String> = {} ⇒ ?: Set<String>› }
for agent { permit works otherwise
  deny found when "malware" in subject.findings }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'default-of-a-payload': {
    meant: 'After a severe alert nothing is permitted.',
    policy: `subject agent {}
context { time: Timestamp }
signals { alert: { level‹: Int = 0 ⇒ ?: Int› } }
for agent { permit works otherwise
  deny alerted when once(signal "alert" where event.level > 5) }`,
    steps: `${session('read')} signal "alert" {}`,
    got: 'permit',
    wanted: 'deny',
  },
  'else-of-a-payload': {
    meant: 'After a severe alert nothing is permitted.',
    policy: `subject agent {}
context { time: Timestamp }
signals { alert: { level?: Int } }
for agent { permit works otherwise
  deny alerted when once(signal "alert" where ‹(event.level else 0) ⇒ event.level› > 5) }`,
    steps: `${session('read')} signal "alert" {}`,
    got: 'permit',
    wanted: 'deny',
  },
  'presence-in-an-outcome': {
    meant: 'After content from outside was read, no mail is sent.',
    policy: `subject agent {}
action mail {}
action read {}
context { time: Timestamp }
outcomes { fetched: { source?: String } }
for agent { permit works otherwise }
for agent doing mail {
  deny tainted when once(outcome "fetched" where ‹event.result.source is present and ⇒› event.result.source is not "intranet") }`,
    steps: `${session('read')} ask expect permit then outcome "fetched" {} with { action = { name: mail } }`,
    got: 'permit',
    wanted: 'deny',
  },
  'else-of-an-enum': {
    meant: 'Anything above low is denied.',
    policy: `enum Level { low, high, else ‹low ⇒ high› }
subject agent {}
context { level: Level }
for agent { permit works otherwise
  deny high when context.level is high }`,
    steps: one('read', { context: 'level: critical' }),
    got: 'permit',
    wanted: 'deny',
  },
  'unknown-is-skipped': {
    meant: 'Above a risk of 80 nothing is permitted.',
    policy: `subject agent {}
context { risk?: Int }
for agent { permit works otherwise
  deny risky when context.risk > 80‹, if unknown skip ⇒› }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'otherwise-ignore': {
    meant: 'Above a risk of 80 nothing is permitted.',
    policy: `subject agent {}
context { risk?: Int }
for agent { permit works otherwise
  given risk = context.risk { deny risky when risk > 80 } otherwise ‹ignore ⇒ { deny unknown_risk }› }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'missing-in-a-permit': {
    meant: 'Agents of the team ops work.',
    policy: `subject agent { team?: String }
for agent { permit ops when ‹subject.team is missing or ⇒› subject.team is "ops" }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'latest-in-a-restriction': {
    meant: 'At a high risk nothing is permitted, and a low one counts for five minutes.',
    policy: `subject agent {}
context { time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m }
for agent { permit works otherwise
  deny risky when ‹latest(context.risk.level) ⇒ context.risk.level› > 80 }`,
    steps: one('read', { context: 'risk: { level: 10, observed_at: 2026-03-02T10:00:00Z }' }),
    got: 'permit',
    wanted: 'deny',
  },
  'known-in-a-restriction': {
    meant: 'The owner of a record is asked, and nobody else.',
    policy: `subject agent {}
resource record { owner?: String }
for agent on record { permit works otherwise
  deny foreign when ‹known(resource.owner) and ⇒› resource.owner is not subject.id }`,
    steps: one('read', { type: 'record' }),
    got: 'permit',
    wanted: 'deny',
  },
  'sum-of-what-is-present': {
    meant: 'All items together cost at most 100.',
    policy: `subject agent {}
action order { items: List<{ price?: Int(0..) }> }
for agent { permit works otherwise
  deny expensive when sum(item.price for item in action.items ‹where item.price is present⇒›) > 100 }`,
    steps: one('order', { args: 'items: [{}]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'else-of-a-label': {
    meant: 'Nobody changes namespaces of production.',
    policy: `subject agent {}
resource namespace { labels: Map<String, String> }
for agent on namespace { permit works otherwise
  deny production when ‹(resource.labels["env"] else "dev") ⇒ resource.labels["env"]› is "prod" }`,
    steps: one('scale', { type: 'namespace', resource: 'labels: {}' }),
    got: 'permit',
    wanted: 'deny',
  },
  'else-of-a-limit': {
    meant: 'Teams may spend what the table states.',
    policy: `subject agent { team: String }
action pay { amount: Int(0..) }
table limits: String -> Int { "ops": 100 }
for agent { permit pays when action.amount <= ‹(limits[subject.team] else 1000) ⇒ limits[subject.team]› }`,
    steps: one('pay', { subject: 'team: "new"', args: 'amount: 900' }),
    got: 'permit',
    wanted: 'deny',
  },
  'else-of-a-constraint': {
    meant: 'Exports are limited to the quota.',
    policy: `subject agent {}
action export {}
context { quota?: Int }
constraint max_rows: Int smallest wins
for agent { permit works otherwise
  narrow quota to { max_rows: ‹context.quota else 1_000_000 ⇒ context.quota› } }`,
    steps: one('export'),
    got: 'narrow',
    wanted: 'deny',
  },
  'star-in-a-table': {
    meant: 'Every team but ops is limited to 10 rows.',
    policy: `subject agent { team: String }
action read { rows: Int(0..) }
table limits: String -> Int { "ops": 100, ‹"*": 10 ⇒› }
for agent { permit works when action.rows <= ‹limits[subject.team] ⇒ (if subject.team is "ops" then limits["ops"] else 10)› }`,
    steps: one('read', { subject: 'team: "dev"', args: 'rows: 5' }),
    got: 'deny',
    wanted: 'permit',
  },
  'case-of-a-key': {
    meant: 'The team Ops may read 100 rows.',
    policy: `subject agent { team: String }
action read { rows: Int(0..) }
table limits: String -> Int { "‹O⇒o›ps": 100 }
for agent { permit works when action.rows <= limits[lower(subject.team)] }`,
    steps: one('read', { subject: 'team: "Ops"', args: 'rows: 5' }),
    got: 'deny',
    wanted: 'permit',
  },
  'root-of-a-tree': {
    meant: 'Nothing in the folder finance, or below it, is read.',
    policy: `subject agent {}
resource document { folder: String }
transitive table ancestors: String -> Set<String> { "q3": { "finance" }, "finance": { "company" } }
for agent on document { permit works otherwise
  deny finance when ‹⇒ resource.folder is "finance" or› "finance" in ancestors[resource.folder] }`,
    steps: one('read', { type: 'document', resource: 'folder: finance' }),
    got: 'permit',
    wanted: 'deny',
  },
  'root-of-a-chain': {
    meant: 'The manager, and everybody above, may not approve what is below them.',
    policy: `subject agent { owner: String }
resource request { by: String }
transitive table managers: String -> Set<String> { "bob": { "ann" }, "eve": { "bob" } }
for agent on request { permit works otherwise
  deny own_line when ‹⇒ subject.owner is resource.by or› subject.owner in managers[resource.by] }`,
    steps: one('approve', {
      type: 'request',
      subject: 'owner: bob',
      resource: 'by: bob',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'empty-row-of-scopes': {
    meant: 'A tool can be used with all scopes that it needs.',
    policy: `subject agent { scopes: Set<String> }
action call { tool: String }
table needs: String -> Set<String> { "read": { "r" }, "wipe": {} }
for agent { permit scoped when ‹⇒ size(needs[action.tool]) > 0 and› needs[action.tool] within subject.scopes }`,
    steps: one('call', { subject: 'scopes: []', args: 'tool: wipe' }),
    got: 'permit',
    wanted: 'deny',
  },
  'one-of-the-scopes': {
    meant: 'A call needs every scope that it names.',
    policy: `subject agent { granted: Set<String> }
action call { scopes: Set<String> }
for agent { permit scoped when ‹action.scopes intersects subject.granted ⇒ size(action.scopes) > 0 and action.scopes within subject.granted› }`,
    steps: one('call', { subject: 'granted: [read]', args: 'scopes: [read, admin]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'any-file-in-a-permit': {
    meant: 'All files of a call are in /work.',
    policy: `subject agent {}
action copy { files: List<String> }
for agent { permit works when ‹any ⇒ size(action.files) > 0 and all› file in action.files satisfies file under "/work" }`,
    steps: one('copy', { args: 'files: ["/work/a", "/etc/passwd"]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'all-files-in-a-restriction': {
    meant: 'No file of a call is in /secret.',
    policy: `subject agent {}
action copy { files: List<String> }
for agent { permit works otherwise
  deny secrets when ‹all ⇒ any› file in action.files satisfies file under "/secret" }`,
    steps: one('copy', { args: 'files: ["/secret/a", "/tmp/b"]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'forbidden-scopes-within': {
    meant: 'Calls with the scope admin or root are denied.',
    policy: `subject agent {}
action call { scopes: Set<String> }
for agent { permit works otherwise
  deny powerful when action.scopes ‹within ⇒ intersects› { "admin", "root" } }`,
    steps: one('call', { args: 'scopes: [read, admin]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'empty-list-of-wishes': {
    meant: 'A call names what it needs, and all of it is granted.',
    policy: `subject agent { granted: Set<String> }
action call { scopes: Set<String> }
for agent { permit scoped when ‹⇒ size(action.scopes) > 0 and› all scope in action.scopes satisfies scope in subject.granted }`,
    steps: one('call', { subject: 'granted: []', args: 'scopes: []' }),
    got: 'permit',
    wanted: 'deny',
  },
  'empty-list-of-checks': {
    meant: 'All checks of a change have passed.',
    policy: `subject agent {}
context { failed: Set<String>, checks: Set<String> }
for agent { permit passed when ‹⇒ size(context.checks) > 0 and› not (context.checks intersects context.failed) }`,
    steps: one('deploy', { context: 'failed: [], checks: []' }),
    got: 'permit',
    wanted: 'deny',
  },
  'default-of-a-chain': {
    meant: 'Agents that act for the service build do nothing.',
    policy: `subject agent { actor_chain‹: List<{ sub?: String }> = [] ⇒ ?: List<{ sub?: String }>› }
for agent { permit works otherwise
  deny build when any actor in subject.actor_chain satisfies actor.sub is "build" }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'depth-of-a-chain': {
    meant: 'A chain has at most three actors.',
    policy: `subject agent { actor_chain?: List<{ sub?: String }> }
for agent { permit works otherwise
  deny too_deep when size(subject.actor_chain ‹else [] ⇒›) > 3 }`,
    steps: one('read'),
    got: 'permit',
    wanted: 'deny',
  },
  'every-actor-is-bad': {
    meant: 'No actor of the chain is suspended.',
    policy: `subject agent { actor_chain: List<{ suspended: Bool }> }
for agent { permit works otherwise
  deny suspended when ‹all ⇒ any› actor in subject.actor_chain satisfies actor.suspended }`,
    steps: one('read', { subject: 'actor_chain: [{ suspended: true }, { suspended: false }]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'member-above-the-highest': {
    meant: 'At a high risk nothing is permitted.',
    policy: `enum Level { LOW < MEDIUM < HIGH < CRITICAL }
subject agent {}
context { risk: Level }
for agent { permit works otherwise
  deny risky when context.risk ‹is ⇒ >=› HIGH }`,
    steps: one('read', { context: 'risk: CRITICAL' }),
    got: 'permit',
    wanted: 'deny',
  },
  'string-instead-of-an-enum': {
    meant: 'At a high risk nothing is permitted.',
    policy: `‹⇒ enum Level { LOW, HIGH, else HIGH }›
subject agent {}
context { risk: ‹String ⇒ Level› }
for agent { permit works otherwise
  deny risky when context.risk is ‹"high" ⇒ HIGH› }`,
    steps: one('read', { context: 'risk: HIGH' }),
    got: 'permit',
    wanted: 'deny',
  },
  'level-that-is-not-excluded': {
    meant: 'Only records without a high sensitivity are read.',
    policy: `‹⇒ enum Level { low, high, else high }›
subject agent {}
resource record { sensitivity: ‹String ⇒ Level› }
for agent on record { permit works when resource.sensitivity is not ‹"high" ⇒ high› }`,
    steps: one('read', { type: 'record', resource: 'sensitivity: High' }),
    got: 'permit',
    wanted: 'deny',
  },
  'one-approver-twice': {
    meant: 'Two people approved the change.',
    policy: `subject agent {}
context { approvers: ‹List ⇒ Set›<String> }
for agent { permit approved when size(context.approvers) >= 2 }`,
    steps: one('merge', { context: 'approvers: [ann, ann]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'one-approver-counted-twice': {
    meant: 'Two people other than the owner approved the change.',
    policy: `record Review { by: String }
subject agent { owner: String }
context { reviews: List<Review> }
for agent { permit approved when ‹sum(1 for r in context.reviews where r.by is not subject.owner) >= 2 ⇒ any a in context.reviews satisfies a.by is not subject.owner and any b in context.reviews satisfies b.by is not subject.owner and b.by is not a.by› }`,
    steps: one('merge', {
      subject: 'owner: bob',
      context: 'reviews: [{ by: ann }, { by: ann }]',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'highest-of-the-scores': {
    meant: 'All scores of a call are at least 5.',
    policy: `subject agent {}
action score { scores: List<Int> }
for agent { permit good when ‹max ⇒ min›(s for s in action.scores) >= 5 }`,
    steps: one('score', { args: 'scores: [1, 9]' }),
    got: 'permit',
    wanted: 'deny',
  },
  'approver-in-the-arguments': {
    meant: 'Somebody else approved a large payment.',
    policy: `subject agent {}
action pay { amount: Int(0..)‹, approved_by?: String ⇒› }
‹⇒ context { approved_by?: String }›
for agent { permit pays when action.amount <= 100 or ‹action ⇒ context›.approved_by is present }`,
    steps: one('pay', { args: 'amount: 900‹, approved_by: me ⇒›' }),
    got: 'permit',
    wanted: 'deny',
  },
  'ticket-in-the-arguments': {
    meant: 'Changes have a ticket.',
    policy: `subject agent {}
action change {‹ ticket: String ⇒› }
‹⇒ context { ticket?: String }›
for agent { permit changes when ‹action ⇒ context›.ticket starts_with "CHG-" }`,
    steps: one('change', { args: '‹ticket: "CHG-1" ⇒›' }),
    got: 'permit',
    wanted: 'deny',
  },
  'order-of-an-enum': {
    meant: 'From a medium risk on nothing is permitted.',
    policy: `enum Level { ‹HIGH < MEDIUM < LOW ⇒ LOW < MEDIUM < HIGH› }
subject agent {}
context { risk: Level }
for agent { permit works otherwise
  deny risky when context.risk >= MEDIUM }`,
    steps: one('read', { context: 'risk: HIGH' }),
    got: 'permit',
    wanted: 'deny',
  },
  'map-of-an-optional-key': {
    meant: 'Frozen namespaces are not changed.',
    policy: `subject agent {}
resource namespace { labels?: Map<String, String> }
for agent on namespace { permit works otherwise
  deny frozen when ‹"true" is (resource.labels["freeze"] else "false") ⇒ (resource.labels["freeze"] is "true")› }`,
    steps: one('scale', { type: 'namespace' }),
    got: 'permit',
    wanted: 'deny',
  },
  'argument-of-the-agent': {
    meant: 'A person confirmed the deletion.',
    policy: `subject agent {}
action delete { confirmed: Bool }
‹⇒ context { confirmed?: Bool }›
for agent { permit works when ‹action ⇒ context›.confirmed }`,
    steps: one('delete', { args: 'confirmed: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'one-role-that-is-not-guest': {
    meant: 'Guests read nothing.',
    policy: `subject agent { roles: Set<String> }
for agent { permit reads when ‹any ⇒ size(subject.roles) > 0 and all› role in subject.roles satisfies role is not "guest" }`,
    steps: one('read', { subject: 'roles: [guest, trial]' }),
    got: 'permit',
    wanted: 'deny',
  },
} satisfies Traps;
