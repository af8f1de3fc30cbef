// A policy for the tests of the guard: files that may be read, writes that need an approval, calls that end in time, and a
// revoke.

import { compile } from '@nhipol/compiler';
import { checkPolicy } from '../../support/checking.ts';
import { assembleQuickly } from '../../support/modules/assembler.ts';

export const guardPolicy = `
policy test.guard version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

record Path { path: String }
record Leave { why: String }
record Find { path: String, depth: Int(1..100) = 1, height?: Int(1..100) }

subject ai_agent { expires_at?: Timestamp }
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action "fs:slow" { arguments: Path }
action "fs:leave" { arguments: Leave }
action "fs:delete" { arguments: Path }
action "fs:find" { arguments: Find }
action "mcp:resources/read" { params: { uri: String } }
action "mcp:sampling/createMessage" {}
action "mcp:elicitation/create" { params: { message?: String } }
resource mcp_server {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
outcomes { "completed": {}, "failed": {} }

obligation ask: access_request { template: String, expires_in: Duration = 10m }

for ai_agent doing "fs:read", "fs:write", "fs:slow" {
  permit inside when action.arguments.path under "/work"
  deny secret when action.arguments.path ends_with ".env"
    because "{action.arguments.path} holds secrets"
  deny failing when count(outcome "failed" doing "fs:read", within 10m) >= 2
    because "two reads have failed"
}
for ai_agent doing "fs:write" {
  challenge writes when not is_approved(context.approvals, context.call_digest)
    with ask { template: "write" }
    because "writing {action.arguments.path} needs an approval"
}
for ai_agent doing "fs:slow" {
  deny expired when subject.expires_at <= context.time
    because "the credential has expired"
}
constraint depth: Int limits action.arguments.depth
constraint height: Int limits action.arguments.height or lower
constraint max_rows: Int smallest wins
obligation notify: custom { to: String }

for ai_agent doing "fs:find" {
  permit finds when action.arguments.path under "/work"
  narrow shallow when action.arguments.path under "/work/deep" to { depth: 3 }
  narrow few when action.arguments.path under "/work/many" to { max_rows: 10 }
  narrow low when action.arguments.path under "/work/low" to { height: 5 }
  permit told when action.arguments.path under "/shared" with notify { to: "owner" }
}
for ai_agent doing "fs:leave" {
  revoke leaves when action.arguments.why is "done"
    because "the agent left its task"
}
for ai_agent doing "mcp:resources/read" {
  permit own
    when action.params.uri starts_with "file:///work/" or action.params.uri starts_with "file:///many/"
  narrow some when action.params.uri starts_with "file:///many/" to { max_rows: 2 }
}
for ai_agent doing "mcp:elicitation/create" {
  permit asks when action.params.message is "which one?"
}
`;

/** Compiles a policy as a guard does. */
export async function compileForGuard(text: string): Promise<Uint8Array> {
  const options = { sessions: true, possible: true, version: 'test' };
  return (await compile(checkPolicy(text), assembleQuickly, options)).wasm;
}
