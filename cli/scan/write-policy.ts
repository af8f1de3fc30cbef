// Writes a policy for the tools of a server: takes what the server lists and returns the source. Reading is permitted, what
// changes something or may carry data out needs an approval, and a tool about which nothing is known is denied.

import { quote } from '@nhipol/language/syntax';
import { classifyTool, type ToolChoices, type ToolKind, toolKinds } from './classify-tool.ts';
import { type DeclaredArguments, ToolDeclarations } from './declarations.ts';
import { formatComment } from './literals.ts';
import { formatMethod, toMethodAction } from './methods.ts';
import {
  formatAction,
  formatGeneralTests,
  formatPolicy,
  type TestedCall,
  testText,
} from './policy-text.ts';
import type { ScannedTool } from './scanned-tool.ts';

export interface ScannedServer {
  /** The first part of the names of actions. */
  readonly name: string;
  readonly tools: readonly ScannedTool[];
  /** The offers of the server besides tools: `resources`, `prompts`, `completions`. */
  readonly capabilities: ReadonlySet<string>;
  /** The choices of the person who scans. */
  readonly choices: ToolChoices;
}

export interface WrittenPolicy {
  readonly source: string;
  /** The kind of each tool, in the order of the server. */
  readonly kinds: readonly ToolKind[];
  readonly tests: number;
}

const subject = 'ai_agent';

export function writePolicy({
  name: server,
  tools: scanned,
  capabilities,
  choices,
}: ScannedServer): WrittenPolicy {
  const declarations = new ToolDeclarations();
  const tools = scanned.map((tool) => ({
    action: `${server}:${tool.name}`,
    kind: classifyTool(tool, choices),
    declared: declarations.add(tool.name, tool.inputSchema),
  }));
  const methods = listMethods(capabilities);
  const offered: TestedCall = {
    action: toMethodAction('elicitation/create'),
    subject,
    server,
    properties: { params: {} },
  };
  const tests = [
    ...tools.map((tool) => writeTest(tool, server)),
    ...formatGeneralTests(offered, 'permit because offers'),
  ];
  const source = formatPolicy({
    about: [
      `The tools of the MCP server ${server}, as it describes them. Review the rules: whether a tool only reads is known`,
      'from its server alone. Arguments that are not declared here are validated by the schema of their tool.',
    ],
    server,
    subjects: [subject],
    declarations: declarations.texts,
    actions: tools.map(({ action, declared }) => formatAction(action, declared)),
    methods: methods.map(formatMethod),
    asks: tools.some(({ kind }) => kind in challenges),
    rules: [...writeRules(tools), formatMethodRules(methods)],
    tests,
  });
  return { source, kinds: tools.map(({ kind }) => kind), tests: tests.length };
}

interface DeclaredTool {
  readonly action: string;
  readonly kind: ToolKind;
  readonly declared: DeclaredArguments;
}

/** Tools that need an approval for each call. */
interface Challenge {
  /** The name of the set of actions. */
  readonly name: string;
  /** The id of the rule that challenges. */
  readonly rule: string;
  readonly about: string;
  /** Completes the message of the challenge, after the name of the tool. */
  readonly because: string;
}

type ChallengedKind = Exclude<ToolKind, 'read' | 'unclassified'>;

const challenges: Readonly<Record<ChallengedKind, Challenge>> = {
  write: {
    name: 'writes',
    rule: 'write_needs_approval',
    about: 'These tools change something: a person approves each call.',
    because: 'changes something: it needs an approval',
  },
  exit: {
    name: 'exits',
    rule: 'exit_needs_approval',
    about: `These tools state that they only read, and not that they stay inside (\`openWorldHint: false\`). Their arguments may carry
// data out, as in a URL: a person approves each call. Move those that cannot to \`reads\`.`,
    because: 'may carry data out: it needs an approval',
  },
  guess: {
    name: 'guesses',
    rule: 'guess_needs_approval',
    about: `These tools do not state what they do. By their names they only read: a person approves each call. Move those that do
// to \`reads\`.`,
    because: 'does not state what it does: it needs an approval',
  },
  marked: {
    name: 'marked',
    rule: 'marked_needs_approval',
    about: `The descriptions of these tools have hidden characters, characters that look like others, or instructions to a
// model, as \`nhipol guard scan\` showed: a person approves each call.`,
    because: 'has a description that could mislead: it needs an approval',
  },
};

function writeRules(tools: readonly DeclaredTool[]): readonly string[] {
  const listActions = (kind: ToolKind) =>
    tools.filter((tool) => tool.kind === kind).map(({ action }) => action);
  const [reads, others] = [listActions('read'), listActions('unclassified')];
  return [
    reads.length === 0
      ? ''
      : `${formatActionSet('reads', reads)}

// These tools only read, and reach nothing outside.
for ${subject} doing reads {
  permit reads otherwise
}`,
    ...challengedKinds.map((kind) => formatChallengeRules(challenges[kind], listActions(kind))),
    others.length === 0
      ? ''
      : `// These tools do not state what they do. They are denied until a rule permits them:
${others.map((action) => formatComment(quote(action))).join('\n')}`,
  ];
}

const challengedKinds = toolKinds.filter((kind): kind is ChallengedKind => kind in challenges);

function formatChallengeRules(
  { name, rule, about, because }: Challenge,
  actions: readonly string[],
): string {
  if (actions.length === 0) return '';
  return `${formatActionSet(name, actions)}

// ${about}
for ${subject} doing ${name} {
  permit ${name}_approved otherwise

  challenge ${rule}
    when not is_approved(context.approvals, context.call_digest)
    with ask { template: "tool-call" }
    because "{action.name} ${because}"
}`;
}

function formatActionSet(name: string, actions: readonly string[]): string {
  return `actions ${name} = { ${actions.map(quote).join(', ')} }`;
}

/** Methods that need a decision, for what the server offers. */
function listMethods(capabilities: ReadonlySet<string>): readonly string[] {
  const listOffered = (name: string, method: string) => (capabilities.has(name) ? [method] : []);
  return [
    ...listOffered('resources', 'resources/read'),
    ...listOffered('prompts', 'prompts/get'),
    ...listOffered('completions', 'completion/complete'),
    'elicitation/create',
  ];
}

function formatMethodRules(methods: readonly string[]): string {
  return `// The agent reads what the server offers, and the server may ask the user for input. Requests of the server for a
// model (\`mcp:sampling/createMessage\`) and for folders (\`mcp:roots/list\`) are denied.
for ${subject} doing ${methods.map((method) => quote(toMethodAction(method))).join(', ')} {
  permit offers otherwise
}`;
}

function writeExpectedAnswer(kind: ToolKind): string {
  if (kind === 'read') return 'permit because reads';
  if (kind === 'unclassified') return 'deny because default_deny';
  return `challenge because ${challenges[kind].rule}`;
}

function writeTest({ action, kind, declared }: DeclaredTool, server: string): string {
  const properties = declared.record === undefined ? undefined : { arguments: declared.sample };
  return testText(action, { action, subject, server, properties }, writeExpectedAnswer(kind));
}
