// The parts that written policies for MCP servers share: declarations of tools and methods, the rule about revoked
// sessions, and tests. Takes what a policy contains, and returns its source.

import { quote } from '@nhipol/language/syntax';
import type { DeclaredArguments } from './declarations.ts';
import { formatComment, formatJsonLiteral } from './literals.ts';

export interface PolicyParts {
  /** The comment at the beginning, without slashes. */
  readonly about: readonly string[];
  /** The name of the server, for the name of the policy. */
  readonly server: string;
  readonly subjects: readonly string[];
  /** The declarations of types, actions of tools, and methods. */
  readonly declarations: readonly string[];
  readonly actions: readonly string[];
  readonly methods: readonly string[];
  /** Whether an approval can permit a call. */
  readonly asks: boolean;
  readonly rules: readonly string[];
  readonly tests: readonly string[];
}

export function formatPolicy(parts: PolicyParts): string {
  const { server, subjects, asks, tests } = parts;
  const imports = asks
    ? 'use nhi.{ Approval, Events }\nuse nhi.{ is_approved }'
    : 'use nhi.{ Events }';
  const source = [
    parts.about.map(formatComment).join('\n'),
    `policy guard.${derivePolicyName(server)} version "0.1.0"`,
    imports,
    parts.declarations.join('\n'),
    subjects.map((subject) => `subject ${subject} {}`).join('\n'),
    parts.actions.join('\n'),
    parts.methods.join('\n'),
    'resource mcp_server {}',
    asks
      ? 'context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }'
      : 'context { time: Timestamp }',
    'signals Events',
    asks ? 'obligation ask: access_request { template: String, expires_in: Duration = 10m }' : '',
    ...parts.rules,
    revokeRule(subjects),
    `// --- tests ---`,
    ...tests,
  ];
  return `${source.filter((part) => part !== '').join('\n\n')}\n`;
}

function derivePolicyName(server: string): string {
  const name = server.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return /^[a-z]/.test(name) ? name : `server_${name}`;
}

/** Declares the action of a tool, with what a policy cannot read of its arguments. */
export function formatAction(action: string, { record, undeclared }: DeclaredArguments): string {
  const notes = undeclared.map(({ path, reason }) => {
    const place = path === '' ? 'the arguments are' : `\`${path}\` is`;
    return `${formatComment(`${place} not declared: ${reason}`)}\n`;
  });
  const properties = record === undefined ? '{}' : `{ arguments: ${record} }`;
  return `${notes.join('')}action ${quote(action)} ${properties}`;
}

function revokeRule(subjects: readonly string[]): string {
  return `for ${subjects.join(', ')} {
  revoke session_revoked when once(signal "session-revoked")
    because "the session was ended"
}`;
}

export interface TestedCall {
  readonly action: string;
  readonly subject: string;
  readonly server: string;
  /** The properties of the action, or `undefined` if it has none. */
  readonly properties: Readonly<Record<string, unknown>> | undefined;
}

function formatRequest({ action, subject, server, properties }: TestedCall): string {
  const given = Object.entries(properties ?? {}).map(([name, value]) => {
    return `${name}: ${formatJsonLiteral(value)}`;
  });
  const text = properties === undefined ? '' : `, properties: { ${given.join(', ')} }`;
  return `{
    subject: { type: ${quote(subject)}, id: "local" },
    action: { name: ${quote(action)}${text} },
    resource: { type: "mcp_server", id: ${quote(server)} },
    context: { time: 2026-01-01T00:00:00Z }
  }`;
}

/** `expected`: effect and reason, such as `permit because reads`. */
export function testText(name: string, call: TestedCall, expected: string): string {
  return `test ${quote(name)} {
  request ${formatRequest(call)}
  expect ${expected}
}`;
}

/** Tests that an unknown tool is denied, and that nothing is permitted after a revocation. */
export function formatGeneralTests(call: TestedCall, expected: string): readonly string[] {
  const { subject, server } = call;
  const unknown = { action: `${server}:unknown_tool`, subject, server, properties: undefined };
  return [
    testText('an unknown tool is denied', unknown, 'deny because default_deny'),
    `test "a revoked session permits nothing" {
  session ${formatRequest(call)}
  ask expect ${expected}
  then signal "session-revoked"
  expect revoke because session_revoked
}`,
  ];
}
