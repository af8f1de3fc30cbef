// Policies for the tests of sessions: a risk that becomes stale, a signal that revokes, a limit of decisions, and payments
// that need an approval.

export const sessionPolicy = `
policy test.sessions version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

enum Level { LOW < MEDIUM < HIGH }
record Leak { where?: String }

subject ai_agent { team?: String }
action read {}
action write {}
action pay { amount?: Int }
resource file {}
context {
  time: Timestamp
  risk?: { level?: Level, observed_at?: Timestamp } fresh 5m
  call_digest?: String
  approvals?: List<Approval>
}
signals { "leaked": Leak, "calm": {} }
constraint max_rows: Int smallest wins

for ai_agent {
  revoke leaked when once(signal "leaked")
    because "a credential has leaked"
}
for ai_agent doing read on file {
  permit reads when context.risk.level is LOW
  narrow careful when context.risk.level is MEDIUM to { max_rows: 10 }
  permit still_reads when context.risk.level is MEDIUM
  deny too_often when count(decided doing read, within 1h) >= 3
}
for ai_agent doing pay on file {
  permit pays when action.amount <= 1_000
  challenge over when not is_approved(context.approvals, context.call_digest)
    because "a payment needs an approval"
}
`;

/** Challenges as above, without history, so that it also decides outside sessions. */
export const approvalPolicy = `
policy test.approvals version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject ai_agent { team?: String }
action pay { amount?: Int }
resource file {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }

for ai_agent doing pay on file {
  permit pays when action.amount <= 1_000
  challenge over when not is_approved(context.approvals, context.call_digest)
    because "a payment needs an approval"
}
`;
