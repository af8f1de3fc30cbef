// A policy whose challenges end by approvals, which are read in every possible way: found by the digest,
// the end and the approver, with other conditions on the digest.

export const approvalsPolicy = `policy approvals version "1"
use nhi.{ Approval }
use nhi.{ is_approved, is_approved_by_someone_other_than }

subject agent { owner?: String }
action pay { amount?: Int, reference?: String, force: Bool = false }
action any { force: Bool = false }
resource account { owner?: String, sums: Set<Decimal> = {} }
resource any {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval>, ended: Bool = false }
obligation tell: custom { digest: String }

for agent {
  permit works otherwise
  deny forced when action.force and context.call_digest is missing
  deny odd when context.call_digest is "sha-256:" or context.call_digest ends_with "ff"
  revoke ended when context.ended and context.call_digest is present, if unknown skip
}
for agent doing "pay" {
  challenge needs_approval
    when not is_approved(context.approvals, context.call_digest)
    because "approve {context.call_digest}"
}
for agent doing "pay" on account {
  challenge needs_another
    when action.amount > 10
    and not is_approved_by_someone_other_than(context.approvals, context.call_digest, resource.owner)
    with tell { digest: context.call_digest else "none" }
}`;
