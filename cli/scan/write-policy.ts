// Writes a policy for the tools of a server: takes what the server lists and returns the source. Reading is permitted,
// changing needs an approval, and a tool that does not say which of them it does is denied.

import { quote } from '../../language/syntax/print/spelling.ts';
import { Declarations, type DeclaredArguments } from './declarations.ts';
import { methodAction, methodText } from './methods.ts';
import { actionText, generalTests, policyText, type TestedCall, testText } from './policy-text.ts';

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

const subject = 'ai_agent';

export function writePolicy({
  name: server,
  tools: scanned,
  capabilities,
}: ScannedServer): WrittenPolicy {
  const declarations = new Declarations();
  const tools = scanned.map((tool) => ({
    action: `${server}:${tool.name}`,
    kind: kindOf(tool),
    declared: declarations.add(tool.name, tool.inputSchema),
  }));
  const methods = methodsOf(capabilities);
  const offered: TestedCall = {
    ...{ action: methodAction('elicitation/create'), subject, server },
    properties: { params: {} },
  };
  const tests = [
    ...tools.map((tool) => testOf(tool, server)),
    ...generalTests(offered, 'permit because offers'),
  ];
  const source = policyText({
    about: [
      `The tools of the MCP server ${server}, as it describes them. Review the rules: whether a tool only reads is known`,
      'from its server alone. Arguments that are not declared here are validated by the schema of their tool.',
    ],
    server,
    subjects: [subject],
    declarations: declarations.texts,
    actions: tools.map(({ action, declared }) => actionText(action, declared)),
    methods: methods.map(methodText),
    asks: tools.some(({ kind }) => kind === 'write'),
    rules: [...rulesOf(tools), methodRules(methods)],
    tests,
  });
  const count = (kind: ToolKind) => tools.filter((tool) => tool.kind === kind).length;
  return {
    source,
    kinds: { read: count('read'), write: count('write'), unclassified: count('unclassified') },
    tests: tests.length,
  };
}

interface DeclaredTool {
  readonly action: string;
  readonly kind: ToolKind;
  readonly declared: DeclaredArguments;
}

function rulesOf(tools: readonly DeclaredTool[]): readonly string[] {
  const named = (kind: ToolKind) =>
    tools.filter((tool) => tool.kind === kind).map(({ action }) => quote(action));
  const [reads, writes, others] = [named('read'), named('write'), named('unclassified')];
  return [
    reads.length === 0
      ? ''
      : `actions reads = { ${reads.join(', ')} }

// These tools state that they only read.
for ${subject} doing reads {
  permit reads otherwise
}`,
    writes.length === 0
      ? ''
      : `actions writes = { ${writes.join(', ')} }

// These tools change something: a person approves each call.
for ${subject} doing writes {
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

/** Methods that need a decision, for what the server offers. */
function methodsOf(capabilities: ReadonlySet<string>): readonly string[] {
  const offered = (name: string, method: string) => (capabilities.has(name) ? [method] : []);
  return [
    ...offered('resources', 'resources/read'),
    ...offered('prompts', 'prompts/get'),
    ...offered('completions', 'completion/complete'),
    'elicitation/create',
  ];
}

function methodRules(methods: readonly string[]): string {
  return `// The agent reads what the server offers, and the server may ask the user for input. Requests of the server for a
// model (\`mcp:sampling/createMessage\`) and for folders (\`mcp:roots/list\`) are denied.
for ${subject} doing ${methods.map((method) => quote(methodAction(method))).join(', ')} {
  permit offers otherwise
}`;
}

const effects = {
  read: 'permit because reads',
  write: 'challenge because write_needs_approval',
  unclassified: 'deny because default_deny',
} as const;

function testOf({ action, kind, declared }: DeclaredTool, server: string): string {
  const properties = declared.record === undefined ? undefined : { arguments: declared.sample };
  return testText(action, { action, subject, server, properties }, effects[kind]);
}
