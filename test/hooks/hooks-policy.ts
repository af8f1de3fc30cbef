// A policy for the tests of hooks: shell commands with each effect, and files of which few lines may be read.

export const hooksPolicy = `
policy test.hooks version "1.0.0"

use nhi.{ Approval }
use nhi.{ is_approved }

subject ai_agent {}
record Command { command: String }
record Lines { file_path: String, limit?: Int(1..100_000), end_line?: Int(1..100_000) }

action "claude-code:Bash" { arguments: Command }
action "codex:Bash" { arguments: Command }
action "gemini:run_shell_command" { arguments: Command }
action "claude-code:Read" { arguments: Lines }
action "codex:read_file" { arguments: Lines }
action "gemini:read_file" { arguments: Lines }
action "files:read" { arguments: { path: String, price?: Decimal } }
action "peer:send" { arguments: { text: String } }
actions shells = { "claude-code:Bash", "codex:Bash", "gemini:run_shell_command" }
actions reads = { "claude-code:Read", "codex:read_file", "gemini:read_file" }

resource workspace {}
resource mcp_server {}
context {
  time: Timestamp,
  call_digest?: String,
  approvals?: List<Approval>,
  agent?: { permission_mode?: String }
}
outcomes { "completed": {}, "failed": {} }

obligation ask: access_request { template: String, expires_in: Duration = 10m }
constraint limit: Int limits action.arguments.limit or lower
constraint end_line: Int limits action.arguments.end_line or lower

for ai_agent doing shells on workspace {
  permit commands otherwise
  deny secret when action.arguments.command contains regex"secret"
    because "it looks for secrets"
  challenge asks
    when action.arguments.command contains regex"deploy"
      and not is_approved(context.approvals, context.call_digest)
    with ask { template: "deploy" }
    because "a deployment needs an approval"
  revoke leaks when action.arguments.command contains regex"leak"
    because "the agent leaked data"
  deny planning when context.agent.permission_mode is "plan", if unknown skip // allow fails-open: not all agents have modes
    because "the agent only plans"
  deny often when count(outcome "completed" doing shells, within 1h) >= 3
    because "three commands are enough"
  deny failing when count(outcome "failed" doing shells, within 1h) >= 2
    because "two commands have failed"
}
for ai_agent doing "claude-code:Read" on workspace {
  permit lines otherwise
  narrow few when action.arguments.file_path ends_with "long.txt" to { limit: 2 }
}
for ai_agent doing "codex:read_file", "gemini:read_file" on workspace {
  permit lines otherwise
  narrow few when action.arguments.file_path ends_with "long.txt" to { end_line: 2 }
}
for ai_agent doing "files:read" on mcp_server {
  permit read_files otherwise
}
for ai_agent doing "peer:send" on mcp_server {
  permit sends otherwise
  deny after_read when count(outcome "completed" doing "files:read", within 1h) >= 1
    because "the agent has read files"
}
`;

/** The same with a rule about what may have reached the model. */
export const deliveryPolicy = `${hooksPolicy.replace('"failed": {} }', '"failed": {}, "delivered": {} }')}
action "peer:post" { arguments: { text: String } }
for ai_agent doing "peer:post" on mcp_server {
  permit posts otherwise
  deny after_delivery when once(outcome "delivered" doing "files:read", shells)
    because "the agent may have read a file"
}
`;
