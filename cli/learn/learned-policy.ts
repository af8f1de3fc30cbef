// Writes the policy that permits observed calls: takes the calls and the tools of servers, and returns the source. A tool
// that was not called is denied, and the arguments of the others are restricted to what the calls have in common.

import { pluralize } from '@nhipol/language/support';
import { quote } from '@nhipol/language/syntax';
import { isMembers } from '@nhipol/runtime/abi';
import { type DeclaredArguments, ToolDeclarations } from '../scan/declarations.ts';
import { formatComment } from '../scan/literals.ts';
import { formatMethod, getMethodType, toMethodAction } from '../scan/methods.ts';
import {
  formatAction,
  formatGeneralTests,
  formatPolicy,
  type TestedCall,
  testText,
} from '../scan/policy-text.ts';
import { type DeclaredRecordType, isUsableValue } from '../scan/types.ts';
import { withAllowances } from './allowances.ts';
import { type Conditions, learnConditions } from './conditions.ts';
import type { LearningLimits } from './literals.ts';
import type { ObservedCall } from './observed-calls.ts';
import { collectDirectories } from './strings.ts';

export interface LearnedServer {
  /** The first part of the names of actions. */
  readonly name: string;
  readonly tools: readonly { readonly name: string; readonly inputSchema: unknown }[];
}

export interface LearnedPolicy {
  readonly source: string;
  readonly tests: number;
  /** The calls that it permits. */
  readonly learned: readonly ObservedCall[];
  /** The number of tools with a rule. */
  readonly permittedTools: number;
  /** Calls of tools that no server lists. */
  readonly unlisted: number;
  /** Calls whose arguments do not fit the schema of the tool, or are not in the log. */
  readonly unfit: number;
}

/** Returns `undefined` if there are no calls to learn from. `servers`: at least one. */
export function learnPolicy(
  servers: readonly LearnedServer[],
  calls: readonly ObservedCall[],
  limits: LearningLimits,
): LearnedPolicy | undefined {
  const byAction = groupCallsByAction(calls);
  const declarations = new ToolDeclarations();
  const names = servers.map(({ name }) => name);
  const tools = servers.flatMap(({ name: server, tools: listed }) =>
    listed.map(({ name, inputSchema }): Tool => {
      const action = `${server}:${name}`;
      const observed = byAction.get(action) ?? [];
      const masked = observed.flatMap((call) => call.masked.map((path) => path.slice(1).join('.')));
      const declared = declarations.add(name, inputSchema, new Set(masked));
      const group: ArgumentGroup = { name: 'arguments', type: declared.type };
      return { server, name, action, ...findFitting(observed, group), group, declared };
    }),
  );
  const methods = [...byAction.keys()]
    .filter((action) => action.startsWith(toMethodAction('')))
    .sort()
    .map((action): Learnable => {
      const name = action.slice(toMethodAction('').length);
      const group: ArgumentGroup = { name: 'params', type: getMethodType(name) };
      const observed = byAction.get(action) ?? [];
      return { server: names[0] ?? '', name, action, ...findFitting(observed, group), group };
    });
  const all: readonly Learnable[] = [...tools, ...methods];
  const rules = nameRules(all.filter(({ learned }) => learned.length > 0));
  const [first] = rules;
  if (first === undefined) return undefined;
  const learned = all.flatMap((learnable) => learnable.learned);
  const subjects = [...new Set(learned.map(({ subject }) => subject))].sort();
  const directories = collectDirectories(learned.map(({ properties }) => properties));
  const written = rules.map((rule) => writeRule(rule, limits, directories));
  const unused = tools.filter((tool) => tool.learned.length === 0);
  const tests = [
    ...rules.map((rule) => testText(rule.action, chooseTestCall(rule), rule.expected)),
    ...unused.map(({ server, action, declared }) => {
      const properties = declared.record === undefined ? undefined : { arguments: declared.sample };
      const call = { action, subject: subjects[0] ?? '', server, properties };
      return testText(action, call, 'deny because default_deny');
    }),
    ...formatGeneralTests(chooseTestCall(first), first.expected),
  ];
  const texts = written.map(({ text }) => text);
  const source = withAllowances(texts, (ruleTexts) =>
    formatPolicy({
      about: formatHeaderLines(names, learned, tools.length - unused.length, tools.length),
      server: names.join('_'),
      subjects,
      declarations: declarations.texts,
      actions: tools.map(({ action, declared }) => formatAction(action, declared)),
      methods: methods
        .filter((method) => method.learned.length > 0)
        .map(({ name }) => formatMethod(name)),
      asks: written.some(({ asks }) => asks),
      rules: [
        ...ruleTexts,
        unused.length === 0
          ? ''
          : `// These tools were not called. They are denied:\n${unused.map(({ action }) => `// ${quote(action)}`).join('\n')}`,
      ],
      tests,
    }),
  );
  const fit = all.reduce((sum, learnable) => sum + learnable.learned.length + learnable.unfit, 0);
  return {
    source,
    tests: tests.length,
    learned,
    permittedTools: tools.length - unused.length,
    unlisted: calls.length - fit,
    unfit: all.reduce((sum, { unfit }) => sum + unfit, 0),
  };
}

interface ArgumentGroup {
  /** The property of the action that contains them. */
  readonly name: 'arguments' | 'params';
  readonly type: DeclaredRecordType | undefined;
}

interface Fitting {
  readonly learned: readonly ObservedCall[];
  readonly unfit: number;
}

/** A tool or method that may have been called. */
interface Learnable extends Fitting {
  readonly server: string;
  readonly name: string;
  readonly action: string;
  readonly group: ArgumentGroup;
}

interface Tool extends Learnable {
  readonly declared: DeclaredArguments;
}

function groupCallsByAction(
  calls: readonly ObservedCall[],
): ReadonlyMap<string, readonly ObservedCall[]> {
  const found = new Map<string, ObservedCall[]>();
  for (const call of calls) {
    const known = found.get(call.action);
    if (known === undefined) found.set(call.action, [call]);
    else known.push(call);
  }
  return found;
}

function findFitting(calls: readonly ObservedCall[], group: ArgumentGroup): Fitting {
  const { type } = group;
  const learned = calls.filter(
    (call) => type === undefined || isUsableValue(readArguments(call, group), type),
  );
  return { learned, unfit: calls.length - learned.length };
}

function readArguments({ properties }: ObservedCall, { name }: ArgumentGroup) {
  const values = properties[name];
  return isMembers(values) ? values : {};
}

// --- rules ---------------------------------------------------------------------------------------

interface Rule extends Learnable {
  readonly id: string;
  readonly free: readonly ObservedCall[];
  readonly approved: readonly ObservedCall[];
  /** The effect and the reason for the first call. */
  readonly expected: string;
}

function nameRules(learnables: readonly Learnable[]): readonly Rule[] {
  const used = new Set<string>();
  return learnables.map((learnable) => {
    const base = learnable.name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
    let id = base;
    for (let number = 2; used.has(id); number += 1) id = `${base}_${number}`;
    used.add(id);
    const [approved, free] = [
      learnable.learned.filter(({ isApproved }) => isApproved),
      learnable.learned.filter(({ isApproved }) => !isApproved),
    ];
    return { ...learnable, id, free, approved, expected: writeExpectation(id, free, approved) };
  });
}

/** A free call can also be like those that were approved. */
function writeExpectation(
  id: string,
  free: readonly ObservedCall[],
  approved: readonly ObservedCall[],
): string {
  if (free.length === 0) return `challenge because ${askName(id)}`;
  return approved.length === 0 ? `permit because ${chooseFreeName(id)}` : 'permit';
}

const chooseFreeName = (id: string) => `observed_${id}`;
const chooseApprovalName = (id: string) => `approved_${id}`;
const askName = (id: string) => `ask_${id}`;

interface WrittenRule {
  readonly text: string;
  /** Whether calls need an approval. */
  readonly asks: boolean;
}

function writeRule(
  rule: Rule,
  limits: LearningLimits,
  directories: ReadonlySet<string>,
): WrittenRule {
  const { id, group, learned, free, approved, action } = rule;
  const conditions = (calls: readonly ObservedCall[]): Conditions =>
    group.type === undefined
      ? { all: [], open: new Map() }
      : learnConditions(
          group.type,
          `action.${group.name}`,
          calls.map((call) => readArguments(call, group)),
          limits,
          directories,
        );
  const subjects = [...new Set(learned.map(({ subject }) => subject))].sort().join(', ');
  const [freely, withApproval] = [conditions(free), conditions(approved)];
  const isFree = free.length > 0;
  // Otherwise what is free includes the calls that were approved.
  const asks =
    approved.length > 0 && !(isFree && String(conditions(learned).all) === String(freely.all));
  const rules = [
    ...(isFree ? [formatPermit(chooseFreeName(id), freely)] : []),
    ...(asks
      ? [
          formatPermit(chooseApprovalName(id), withApproval),
          askText(askName(id), isFree ? freely : undefined),
        ]
      : []),
  ];
  const open = new Map([...withApproval.open, ...freely.open]);
  const notes = [...open].map(([path, count]) =>
    formatComment(`any \`${path}\`: there were ${count} different`),
  );
  const byPeople =
    approved.length === 0 ? '' : `; ${pluralize(approved.length, 'call')} approved by a person`;
  const text = [
    `// ${formatSummary(learned)}${byPeople}`,
    ...notes,
    `for ${subjects} doing ${quote(action)} {\n${rules.join('\n\n')}\n}`,
  ].join('\n');
  return { text, asks };
}

function formatPermit(name: string, { all }: Conditions): string {
  if (all.length === 0) return `permit ${name} otherwise`;
  return `permit ${name}\nwhen ${all.join('\nand ')}`;
}

/** `freely`: the calls that need no approval. */
function askText(name: string, freely: Conditions | undefined): string {
  const approved = 'is_approved(context.approvals, context.call_digest)';
  const except = freely === undefined ? '' : ` and not (${freely.all.join(' and ')})`;
  return `challenge ${name}
when not ${approved}${except}
with ask { template: "tool-call" }
because "{action.name} needs an approval"`;
}

// --- texts ---------------------------------------------------------------------------------------

function formatSummary(calls: readonly ObservedCall[]): string {
  const days = new Set(calls.map(({ day }) => day));
  return `${pluralize(calls.length, 'call')} on ${pluralize(days.size, 'day')}`;
}

function formatHeaderLines(
  servers: readonly string[],
  calls: readonly ObservedCall[],
  permitted: number,
  tools: number,
): readonly string[] {
  const days = calls.map(({ day }) => day).sort();
  const [first, last] = [days[0], days.at(-1)];
  const when =
    first === last
      ? `${pluralize(calls.length, 'call')} on ${first}`
      : `${formatSummary(calls)} from ${first} to ${last}`;
  return [
    `Learned from ${when}: ${permitted} of ${pluralize(tools, 'tool')} of ${servers.join(', ')} may be`,
    'called. Review the rules: they permit the observed calls and those between them, and nothing else.',
  ];
}

function chooseTestCall(rule: Rule): TestedCall {
  const [call] = rule.free.length > 0 ? rule.free : rule.approved;
  const values = call === undefined ? {} : readArguments(call, rule.group);
  const properties = rule.group.type === undefined ? undefined : { [rule.group.name]: values };
  const { server, action } = rule;
  return { action, subject: call?.subject ?? '', server, properties };
}
