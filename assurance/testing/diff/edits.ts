// Finds the rules and scores of a policy's new version whose structure differs from those with the same id in the
// old one: their conditions, and all the types, tables and names that they use.

import { displayPath } from '@nhipol/language';
import type { PolicyModel, Rule, Score } from '@nhipol/language/model';
import { findPosition, type Span } from '@nhipol/language/support';
import type { RuleAt, RuleEdit } from './policy-diff.ts';
import { Structures } from './structures.ts';

/** The structures of every part that determines answers are equal. */
export function isSamePolicy(before: PolicyModel, after: PolicyModel): boolean {
  const structures = new Structures();
  const [old, now] = [before, after].map((policy) => {
    const { subjects, actions, resources, anySubject, anyAction, anyResource, context } = policy;
    const { signals, tables, contents, constraints, obligations, rules, scores } = policy;
    const request = [subjects, actions, resources, anySubject, anyAction, anyResource, context];
    return structures.of([
      request,
      signals,
      contents,
      structures.ofAll(tables),
      structures.ofAll(constraints),
      structures.ofAll(obligations),
      structures.ofAll(rules),
      structures.ofAll(scores),
    ]);
  });
  return old === now;
}

/** Whether both policies read the same requests and events, and can demand the same. */
export function hasSameDeclarations(before: PolicyModel, after: PolicyModel): boolean {
  const structures = new Structures();
  const [old, now] = [before, after].map((policy) => {
    const { name, subjects, actions, resources, anySubject, anyAction, anyResource } = policy;
    const { context, contexts, signals, constraints, obligations } = policy;
    const request = [name, subjects, actions, resources, anySubject, anyAction, anyResource];
    const events = [signals, [...policy.outcomes].sort()];
    const demands = [structures.ofAll(constraints), structures.ofAll(obligations)];
    return structures.of([request, context, contexts, events, demands]);
  });
  return old === now;
}

/** In the order of the new version; removed ones come last. */
export function listRuleEdits(before: PolicyModel, after: PolicyModel): readonly RuleEdit[] {
  const structures = new Structures();
  const [old, now] = [groupParts(before), groupParts(after)];
  const ofNew = [...now].flatMap(([key, parts]): readonly RuleEdit[] => {
    const known = structures.ofAll(old.get(key) ?? []);
    const other = parts.find((part) => !known.includes(structures.of(part)));
    const [first] = parts;
    if (first === undefined || (other === undefined && parts.length === known.length)) return [];
    const how = known.length === 0 ? 'added' : 'changed';
    return [{ how, rule: locateRule(after, other ?? first) }];
  });
  const removed = [...old].flatMap(([key, [first]]): readonly RuleEdit[] =>
    first === undefined || now.has(key)
      ? []
      : [{ how: 'removed', rule: locateRule(before, first) }],
  );
  return [...ofNew, ...removed];
}

/** Several rules may have the same id. */
function groupParts(policy: PolicyModel): ReadonlyMap<string, readonly (Rule | Score)[]> {
  const named = new Map<string, (Rule | Score)[]>();
  for (const part of [...policy.rules, ...policy.scores]) {
    const key = buildRuleKey(locateRule(policy, part));
    named.set(key, [...(named.get(key) ?? []), part]);
  }
  return named;
}

export function buildRuleKey({ kind, id }: Pick<RuleAt, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

export function locateRule(policy: PolicyModel, part: Rule | Score): RuleAt {
  const at = locateSpan(policy, part.span);
  return 'id' in part
    ? { kind: 'rule', id: part.id, ...at }
    : { kind: 'score', id: part.name, ...at };
}

function locateSpan(
  { sources }: PolicyModel,
  { file, start }: Span,
): Pick<RuleAt, 'file' | 'line'> {
  const text = sources.find(({ path }) => path === file)?.text ?? '';
  return { file: displayPath(file), line: findPosition(text, start).line };
}
