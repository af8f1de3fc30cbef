// Traps with time, approvals, effects, constraints and networks.

import { one, session, type Traps } from './trap.ts';

const approvals = `subject agent { owner: String }
action pay { amount: Int(0..) }
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }`;

const foreignApproval = 'approvals: [{ digest: "sha-256:0", expires_at: 2026-03-03T11:00:00Z }]';

const payment = { subject: 'owner: o', args: 'amount: 900' };

export const time = {
  'token-from-the-future': {
    meant: 'Tokens are accepted for five minutes after they were issued.',
    policy: `subject agent { iat: Timestamp }
context { time: Timestamp }
for agent { permit fresh when context.time - subject.iat <= 5m ‹⇒ and subject.iat <= context.time› }`,
    steps: one('read', { subject: 'iat: 2027-01-01T00:00:00Z' }),
    got: 'permit',
    wanted: 'deny',
  },
  'token-from-the-future-in-a-restriction': {
    meant: 'Tokens are accepted for five minutes after they were issued.',
    policy: `subject agent { issued_at: Timestamp }
context { time: Timestamp }
for agent { permit works otherwise
  deny old when ‹context.time - subject.issued_at ⇒ age(subject.issued_at)› > 5m }`,
    steps: one('read', { subject: 'issued_at: 2027-01-01T00:00:00Z' }),
    got: 'permit',
    wanted: 'deny',
  },
  'token-issued-after-a-start': {
    meant: 'Tokens that were issued since Monday are accepted.',
    policy: `subject agent { iat: Timestamp }
context { time: Timestamp }
for agent { permit since when subject.iat >= 2026-03-02T00:00:00Z ‹⇒ and subject.iat <= context.time› }`,
    steps: one('read', { subject: 'iat: 2099-01-01T00:00:00Z' }),
    got: 'permit',
    wanted: 'deny',
  },
  'night-without-a-window': {
    meant: 'At night, from ten to six, nothing is deployed.',
    policy: `subject agent {}
context { time: Timestamp }
for agent { permit works otherwise
  deny night when time_of_day(context.time, "UTC") >= 22:00 ‹and ⇒ or› time_of_day(context.time, "UTC") < 06:00 }`,
    steps: `${one('deploy')} at 2026-03-03T23:00:00Z`,
    got: 'permit',
    wanted: 'deny',
  },
  'two-weekdays-at-once': {
    meant: 'At the weekend nothing is deployed.',
    policy: `subject agent {}
context { time: Timestamp }
for agent { permit works otherwise
  deny weekend when weekday(context.time, "UTC") is Sat ‹and ⇒ or› weekday(context.time, "UTC") is Sun }`,
    steps: `${one('deploy')} at 2026-03-07T10:00:00Z`,
    got: 'permit',
    wanted: 'deny',
  },
  'not-one-of-two-weekdays': {
    meant: 'Deployments are made from Monday to Friday.',
    policy: `subject agent {}
context { time: Timestamp }
for agent { permit workdays when weekday(context.time, "UTC") is not Sat ‹or ⇒ and› weekday(context.time, "UTC") is not Sun }`,
    steps: `${one('deploy')} at 2026-03-07T10:00:00Z`,
    got: 'permit',
    wanted: 'deny',
  },
  'zone-of-the-office': {
    meant: 'Deployments are made from nine to five in Tokyo.',
    policy: `subject agent {}
context { time: Timestamp }
window office = Mon..Fri 09:00..17:00 in "‹UTC ⇒ Asia/Tokyo›"
for agent { permit works when context.time in office }`,
    steps: one('deploy'),
    got: 'permit',
    wanted: 'deny',
    silent: 'Which zone was meant is not in the policy.',
  },
  'end-of-a-day': {
    meant: 'At most two exports in any 24 hours.',
    policy: `subject agent {}
action export {}
context { time: Timestamp }
for agent { permit works otherwise
  deny enough when count(allowed doing export, within ‹today in "UTC" ⇒ 24h›) >= 2 }`,
    steps: `${session('export')} at 2026-03-03T23:00:00Z ask 2 times expect permit then at 2026-03-04T01:00:00Z ask`,
    got: 'permit',
    wanted: 'deny',
    silent: 'A limit for each calendar day is as common as one for any 24 hours.',
  },
  'other-digest': {
    meant: 'A person approved this payment.',
    policy: `use nhi.{ Approval, is_approved }
subject agent {}
action pay { amount: Int(0..)‹, digest: String ⇒› }
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
for agent { permit pays when is_approved(context.approvals, ‹action.digest ⇒ context.call_digest›) }`,
    steps: one('pay', { args: 'amount: 900, digest: "sha-256:0"', context: foreignApproval }),
    got: 'permit',
    wanted: 'deny',
  },
  'digest-of-the-approval': {
    meant: 'A person approved this payment.',
    policy: `use nhi.{ Approval, is_approved }
${approvals}
for agent { permit pays when ‹any approval in context.approvals satisfies is_approved(context.approvals, approval.digest) ⇒ is_approved(context.approvals, context.call_digest)› }`,
    steps: one('pay', { ...payment, context: foreignApproval }),
    got: 'permit',
    wanted: 'deny',
  },
  'any-approval': {
    meant: 'A person approved this payment.',
    policy: `use nhi.{ Approval‹⇒, is_approved› }
${approvals}
for agent { permit pays when ‹any approval in context.approvals satisfies approval.expires_at > context.time ⇒ is_approved(context.approvals, context.call_digest)› }`,
    steps: one('pay', { ...payment, context: foreignApproval }),
    got: 'permit',
    wanted: 'deny',
  },
  'number-of-approvals': {
    meant: 'A payment without an approval is challenged.',
    policy: `use nhi.{ Approval‹⇒, is_approved› }
${approvals}
for agent { permit pays otherwise
  challenge unapproved when ‹size(context.approvals) < 1 ⇒ not is_approved(context.approvals, context.call_digest)› }`,
    steps: one('pay', { ...payment, context: foreignApproval }),
    got: 'permit',
    wanted: 'challenge',
  },
  'approval-by-the-boss': {
    meant: 'The boss approved this payment.',
    policy: `use nhi.{ Approval }
${approvals}
for agent { permit pays when any approval in context.approvals satisfies approval.approver is "boss" and approval.expires_at > context.time ‹⇒ and approval.digest is context.call_digest› }`,
    steps: one('pay', {
      ...payment,
      context:
        'approvals: [{ digest: "sha-256:0", approver: boss, expires_at: 2026-03-03T11:00:00Z }]',
    }),
    got: 'permit',
    wanted: 'deny',
  },
  'approval-for-ever': {
    meant: 'A person approved this payment, and the approval has not expired.',
    policy: `use nhi.{ Approval‹⇒, is_approved› }
${approvals}
for agent { permit pays otherwise
  challenge unapproved when not ‹(any approval in context.approvals satisfies approval.digest is context.call_digest) ⇒ is_approved(context.approvals, context.call_digest)› }`,
    steps: `${session('pay', payment)} granted for 10m expect permit then after 60m`,
    got: 'permit',
    wanted: 'challenge',
  },
  'approval-by-oneself': {
    meant: 'Somebody other than the owner of the agent approved this payment.',
    policy: `use nhi.{ Approval, ‹is_approved ⇒ is_approved_by_someone_other_than› }
${approvals}
for agent { permit pays when ‹is_approved(context.approvals, context.call_digest) ⇒ is_approved_by_someone_other_than(context.approvals, context.call_digest, subject.owner)› }`,
    steps: `${session('pay', payment)} granted for 10m by "o"`,
    got: 'permit',
    wanted: 'deny',
    silent: 'Many policies let the owner of an agent approve its calls.',
  },
  'approval-used-twice': {
    meant: 'An approval is for one payment.',
    policy: `use nhi.{ Approval, is_approved }
${approvals}
for agent doing pay { permit pays when is_approved(context.approvals, context.call_digest)
  ‹⇒ deny paid when once(allowed doing pay per context.call_digest up to 64)› }`,
    steps: `${session('pay', payment)} granted for 10m ask expect permit then ask`,
    got: 'permit',
    wanted: 'deny',
  },
  'future-start-plus-an-age': {
    meant: 'Tokens are accepted for a day after they were issued.',
    policy: `subject agent { issued: Timestamp }
context { time: Timestamp }
for agent { permit fresh when ‹context.time <= subject.issued + 24h ⇒ age(subject.issued) <= 24h› }`,
    steps: one('read', { subject: 'issued: 2099-01-01T00:00:00Z' }),
    got: 'permit',
    wanted: 'deny',
  },
  'future-start-after-an-instant': {
    meant: 'Tokens are accepted for a day after they were issued.',
    policy: `subject agent { since: Timestamp }
context { time: Timestamp }
for agent { permit fresh when ‹subject.since > context.time - 24h ⇒ age(subject.since) < 24h› }`,
    steps: one('read', { subject: 'since: 2099-01-01T00:00:00Z' }),
    got: 'permit',
    wanted: 'deny',
  },
  'challenge-that-never-ends': {
    meant: 'Payments above 100 need a step-up, and are made after it.',
    policy: `subject agent {}
action pay { amount: Int(0..) }
‹⇒ context { acr?: String }›
obligation step_up { acr_value: String }
for agent { permit pays otherwise
  challenge large when action.amount > 100 ‹⇒ and context.acr is not "gold"› with step_up { acr_value: "gold" } }`,
    steps: one('pay', { args: 'amount: 500', context: 'acr: gold' }),
    got: 'challenge',
    wanted: 'permit',
  },
  'approval-that-is-never-read': {
    meant: 'Deletions need an approval, and are made after it.',
    policy: `‹⇒ use nhi.{ Approval, is_approved }›
subject agent {}
action delete {}
context { time: Timestamp ‹⇒ , call_digest?: String, approvals?: List<Approval>› }
obligation ask_owner: access_request { expires_in: Duration = 10m }
for agent { permit works otherwise }
for agent doing delete { challenge deletion ‹⇒ when not is_approved(context.approvals, context.call_digest)› with ask_owner {} }`,
    steps: `${session('delete')} ‹⇒ granted for 10m›`,
    got: 'challenge',
    wanted: 'permit',
  },
  'narrow-without-a-permit': {
    meant: 'At night, data is read with at most 100 rows.',
    policy: `subject agent {}
action read {}
context { night: Bool }
constraint max_rows: Int smallest wins
for agent { permit by_day ‹when not context.night ⇒ otherwise›
  narrow at_night when context.night to { max_rows: 100 } }`,
    steps: one('read', { context: 'night: true' }),
    got: 'deny',
    wanted: 'narrow',
  },
  'constraint-without-a-limit': {
    meant: 'At night at most 100 rows are read.',
    policy: `subject agent {}
action read { rows: Int(1..) }
context { night: Bool }
constraint rows: Int ‹smallest wins ⇒ limits action.rows›
for agent doing read { permit works otherwise
  narrow at_night when context.night to { rows: 100 } }`,
    steps: one('read', { args: 'rows: 5000', context: 'night: true' }),
    got: 'narrow',
    wanted: 'deny',
  },
  'constraint-of-a-nested-member': {
    meant: 'Strangers get the columns name and city.',
    policy: `subject agent { staff: Bool }
action query { arguments: { columns: Set<String> } }
constraint columns: Set<String> ‹intersects ⇒ limits action.arguments.columns›
for agent doing query { permit works otherwise
  narrow strangers when not subject.staff to { columns: { "name", "city" } }
  ‹⇒ deny all_columns when size(action.arguments.columns) is 0› }`,
    steps: one('query', { subject: 'staff: false', args: 'arguments: { columns: [ssn] }' }),
    got: 'narrow',
    wanted: 'deny',
  },
  'constraint-of-a-similar-name': {
    meant: 'At night at most 100 rows are read.',
    policy: `subject agent {}
action read { rows: Int(1..) }
context { night: Bool }
constraint max_rows: Int ‹smallest wins ⇒ limits action.rows›
for agent doing read { permit works otherwise
  narrow at_night when context.night to { max_rows: 100 } }`,
    steps: one('read', { args: 'rows: 5000', context: 'night: true' }),
    got: 'narrow',
    wanted: 'deny',
  },
  'two-permits-for-two-conditions': {
    meant: 'The team ops works in the office network.',
    policy: `subject agent { team: String, ip: Ip }
for agent { permit ops when subject.team is "ops" ‹permit office when ⇒ and› subject.ip in 10.0.0.0/8 }`,
    steps: one('read', { subject: 'team: dev, ip: 10.0.0.1' }),
    got: 'permit',
    wanted: 'deny',
    silent: 'Permits are alternatives, and two of them are usually meant as such.',
  },
  'score-that-is-never-reached': {
    meant: 'Two signs of fraud together are denied.',
    policy: `subject agent {}
context { new_country: Bool, fast: Bool }
for agent { permit works otherwise
  score fraud {
    country counts 1 when context.new_country
    speed counts 1 when context.fast
    from ‹3 ⇒ 2› deny
  } }`,
    steps: one('read', { context: 'new_country: true, fast: true' }),
    got: 'permit',
    wanted: 'deny',
  },
  'denied-by-its-own-permit': {
    meant: 'Low risks are permitted, medium ones are challenged.',
    policy: `enum Level { LOW < MEDIUM < HIGH }
subject agent {}
context { risk: Level, acr?: String }
for agent { permit low when context.risk ‹is LOW ⇒ <= MEDIUM›
  challenge medium when context.risk is MEDIUM and context.acr is not "gold" }`,
    steps: one('read', { context: 'risk: MEDIUM' }),
    got: 'deny',
    wanted: 'challenge',
  },
  'shadowed-challenge': {
    meant: 'Medium risks are challenged, high ones are denied.',
    policy: `enum Level { LOW < MEDIUM < HIGH }
subject agent {}
context { risk: Level, acr?: String }
for agent { permit works otherwise
  deny high when context.risk ‹>= MEDIUM ⇒ is HIGH›
  challenge medium when context.risk is MEDIUM and context.acr is not "gold" }`,
    steps: one('read', { context: 'risk: MEDIUM' }),
    got: 'deny',
    wanted: 'challenge',
  },
  'two-values-at-once': {
    meant: 'The teams ops and dev may deploy.',
    policy: `subject agent { team: String }
for agent { permit deploys when subject.team is "ops" ‹and ⇒ or› subject.team is "dev" }`,
    steps: one('deploy', { subject: 'team: ops' }),
    got: 'deny',
    wanted: 'permit',
  },
  'not-one-of-two-values': {
    meant: 'Everybody but the teams guest and trial may deploy.',
    policy: `subject agent { team: String }
for agent { permit deploys when subject.team is not "guest" ‹or ⇒ and› subject.team is not "trial" }`,
    steps: one('deploy', { subject: 'team: guest' }),
    got: 'permit',
    wanted: 'deny',
  },
  'number-outside-of-its-range': {
    meant: 'From a score of 90 on nothing is permitted.',
    policy: `subject agent {}
context { score: Int(0..100) }
for agent { permit works otherwise
  deny fraud when context.score >= ‹900 ⇒ 90› }`,
    steps: one('read', { context: 'score: 95' }),
    got: 'permit',
    wanted: 'deny',
  },
  'networks-of-one-version': {
    meant: 'Nothing reaches the internet.',
    policy: `subject agent {}
action connect { to: Ip }
for agent { permit works otherwise
  deny internet when action.to in ‹0.0.0.0/0 ⇒ { 0.0.0.0/0, ::/0 }› }`,
    steps: one('connect', { args: 'to: "2001:db8::1"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'private-networks-of-one-version': {
    meant: 'Loopback and private networks are not reached.',
    policy: `subject agent {}
action connect { to: Ip }
for agent { permit works otherwise
  deny inside when action.to in { 127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 ‹⇒ , ::1/128, fc00::/7› } }`,
    steps: one('connect', { args: 'to: "::1"' }),
    got: 'permit',
    wanted: 'deny',
  },
  'signal-that-clears': {
    meant: 'After reading from outside, no mail is sent until a person cleared it.',
    policy: `subject agent {}
context { time: Timestamp }
signals { tainted: {}, cleared: { ‹⇒ by?: String› } }
for agent { permit works otherwise
  deny tainted when since(signal "tainted", signal "cleared" ‹⇒ where event.by is "person"›) }`,
    steps: `${session('mail')} signal "tainted" {} expect deny then after 1s signal "cleared" {}`,
    got: 'permit',
    wanted: 'deny',
    silent: 'Who may send a signal is not in the policy.',
  },
  'window-of-a-taint': {
    meant: 'After reading from outside, no mail is sent in this session.',
    policy: `subject agent {}
context { time: Timestamp }
signals { tainted: {} }
for agent { permit works otherwise
  deny tainted when once(signal "tainted"‹, within 10m ⇒›) }`,
    steps: `${session('mail')} signal "tainted" {} expect deny then after 11m ask`,
    got: 'permit',
    wanted: 'deny',
    silent: 'A restriction that ends after some minutes is common.',
  },
} satisfies Traps;
