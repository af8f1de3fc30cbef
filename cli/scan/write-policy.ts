// Writes a policy for the tools of a server: takes what the server lists and returns the source. Reading is permitted,
// changing needs an approval, and a tool that does not say which of them it does is denied.

import { Declarations, type DeclaredArguments } from './declarations.ts';
import { quoted } from './quoted.ts';

export interface ScannedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  readonly annotations: Readonly<Record<string, unknown>>;
}

export interface ScannedServer {
  /** The first part of the names of actions. */
  readonly name: string;
  readonly tools: readonly ScannedTool[];
  /** The offers of the server besides tools: `resources`, `prompts`, `completions`. */
  readonly capabilities: ReadonlySet<string>;
}

/** Which rules a tool gets. */
export type ToolKind = 'read' | 'write' | 'unclassified';

export interface WrittenPolicy {
  readonly source: string;
  readonly kinds: Readonly<Record<ToolKind, number>>;
  readonly tests: number;
}

/** A hint counts only if the server states it. */
export function kindOf({ annotations }: ScannedTool): ToolKind {
  if (annotations.readOnlyHint === true) return 'read';
  return annotations.readOnlyHint === false ? 'write' : 'unclassified';
}

export function writePolicy(server: ScannedServer): WrittenPolicy {
  const declarations = new Declarations();
  const tools = server.tools.map((tool) => ({
    action: `${server.name}:${tool.name}`,
    kind: kindOf(tool),
    declared: declarations.add(tool.name, tool.inputSchema),
  }));
  const methods = methodsOf(server);
  const tests = [...tools.map((tool) => testOf(tool, server.name)), ...generalTests(server.name)];
  const source = [
    header(server, tools),
    declarations.texts.join('\n'),
    `subject ai_agent {}`,
    tools.map(actionText).join('\n'),
    methods.map(({ declaration }) => declaration).join('\n'),
    'resource mcp_server {}',
    asks(tools)
      ? 'context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }'
      : 'context { time: Timestamp }',
    'signals Events',
    asks(tools)
      ? 'obligation ask: access_request { template: String, expires_in: Duration = 10m }'
      : '',
    ...rulesOf(tools),
    methodRules(methods),
    revokeRule,
    `// --- tests ---`,
    ...tests,
  ];
  const count = (kind: ToolKind) => tools.filter((tool) => tool.kind === kind).length;
  return {
    source: `${source.filter((part) => part !== '').join('\n\n')}\n`,
    kinds: { read: count('read'), write: count('write'), unclassified: count('unclassified') },
    tests: tests.length,
  };
}

interface DeclaredTool {
  readonly action: string;
  readonly kind: ToolKind;
  readonly declared: DeclaredArguments;
}

/** Whether an approval can permit a tool. */
function asks(tools: readonly DeclaredTool[]): boolean {
  return tools.some(({ kind }) => kind === 'write');
}

function header({ name }: ScannedServer, tools: readonly DeclaredTool[]): string {
  const imports = asks(tools)
    ? 'use nhi.{ Approval, Events }\nuse nhi.{ is_approved }'
    : 'use nhi.{ Events }';
  return `// The tools of the MCP server ${name}, as it describes them. Review the rules: whether a tool only reads is known
// from its server alone. Arguments that are not declared here are validated by the schema of their tool.

policy guard.${policyName(name)} version "0.1.0"

${imports}`;
}

function policyName(server: string): string {
  const name = server.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return /^[a-z]/.test(name) ? name : `server_${name}`;
}

function actionText({ action, declared }: DeclaredTool): string {
  const notes = declared.undeclared.map(({ path, reason }) => {
    const place = path === '' ? 'the arguments are' : `\`${path}\` is`;
    return `// ${place} not declared: ${reason}\n`;
  });
  const { record } = declared;
  const properties = record === undefined ? '{}' : `{ arguments: ${record} }`;
  return `${notes.join('')}action ${quoted(action)} ${properties}`;
}

function rulesOf(tools: readonly DeclaredTool[]): readonly string[] {
  const named = (kind: ToolKind) =>
    tools.filter((tool) => tool.kind === kind).map(({ action }) => quoted(action));
  const [reads, writes, others] = [named('read'), named('write'), named('unclassified')];
  return [
    reads.length === 0
      ? ''
      : `actions reads = { ${reads.join(', ')} }

// These tools state that they only read.
for ai_agent doing reads {
  permit reads otherwise
}`,
    writes.length === 0
      ? ''
      : `actions writes = { ${writes.join(', ')} }

// These tools change something: a person approves each call.
for ai_agent doing writes {
  permit writes_approved otherwise

  challenge write_needs_approval
    when not is_approved(context.approvals, context.call_digest)
    with ask { template: "tool-call" }
    because "{action.name} changes something: it needs an approval"
}`,
    others.length === 0
      ? ''
      : `// These tools do not state what they do. They are denied until a rule permits them:
${others.map((action) => `// ${action}`).join('\n')}`,
  ];
}

interface MethodRule {
  readonly action: string;
  readonly declaration: string;
}

/** Methods that need a decision, for what the server offers. */
function methodsOf({ capabilities }: ScannedServer): readonly MethodRule[] {
  const declare = (method: string, params: string): MethodRule => {
    const action = quoted(`mcp:${method}`);
    return { action, declaration: `action ${action} { params: { ${params} } }` };
  };
  const offered = (name: string, rules: readonly MethodRule[]) =>
    capabilities.has(name) ? rules : [];
  return [
    ...offered('resources', [declare('resources/read', 'uri: String')]),
    ...offered('prompts', [declare('prompts/get', 'name: String')]),
    ...offered('completions', [declare('completion/complete', 'argument: { name: String }')]),
    declare('elicitation/create', 'message?: String'),
  ];
}

function methodRules(methods: readonly MethodRule[]): string {
  return `// The agent reads what the server offers, and the server may ask the user for input. Requests of the server for a
// model (\`mcp:sampling/createMessage\`) and for folders (\`mcp:roots/list\`) are denied.
for ai_agent doing ${methods.map(({ action }) => action).join(', ')} {
  permit offers otherwise
}`;
}

const revokeRule = `for ai_agent {
  revoke session_revoked when once(signal "session-revoked")
    because "the session was ended"
}`;

const effects = {
  read: 'permit because reads',
  write: 'challenge because write_needs_approval',
  unclassified: 'deny because default_deny',
} as const;

function requestText(action: string, sample: object | undefined, server: string): string {
  const name = `name: ${quoted(action)}`;
  const properties =
    sample === undefined ? '' : `, properties: { arguments: ${JSON.stringify(sample)} }`;
  return `{
    subject: { type: "ai_agent", id: "local" },
    action: { ${name}${properties} },
    resource: { type: "mcp_server", id: ${quoted(server)} },
    context: { time: 2026-01-01T00:00:00Z }
  }`;
}

function testOf({ action, kind, declared }: DeclaredTool, server: string): string {
  const sample = declared.record === undefined ? undefined : declared.sample;
  return `test ${quoted(action)} {
  request ${requestText(action, sample, server)}
  expect ${effects[kind]}
}`;
}

function generalTests(server: string): readonly string[] {
  const unknown = requestText(`${server}:unknown_tool`, undefined, server);
  const offered = requestText('mcp:elicitation/create', undefined, server).replace(
    'properties: {}',
    '',
  );
  return [
    `test "an unknown tool is denied" {
  request ${unknown}
  expect deny because default_deny
}`,
    `test "a revoked session permits nothing" {
  session ${offered.replace('"mcp:elicitation/create"', '"mcp:elicitation/create", properties: { params: {} }')}
  ask expect permit because offers
  then signal "session-revoked"
  expect revoke because session_revoked
}`,
  ];
}
