// The call hierarchy: predicates with what calls them and what they call, and rules with the tests that expect them.

import type { Span } from '@nhipol/language/support';
import type { AstNode } from '@nhipol/language/syntax';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
} from 'vscode-languageserver';
import { SymbolKind } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import { findInnermost, findNodePath } from '../index/nodes.ts';
import type { Occurrence, Target } from '../index/occurrences.ts';
import type { DocumentPositions } from '../positions.ts';
import { listOccurrences } from './navigation.ts';
import { nameSymbol, symbolKinds } from './structure.ts';

/** The data of an item, with which its calls are found: the entry of the policy, and the name in its file. */
export interface CallData {
  readonly entry: string;
  readonly file: string;
  readonly offset: number;
}

/** The item of a predicate or a rule. */
export function listCallItems(
  analysis: PolicyAnalysis,
  { target }: Occurrence,
  positions: DocumentPositions,
): CallHierarchyItem[] | undefined {
  if (target.kind !== 'function' && target.kind !== 'rule') return undefined;
  return createCallItems(analysis, target.node, positions);
}

/** The declarations that call a predicate, and the tests that expect a rule. */
export function listIncomingCalls(
  analysis: PolicyAnalysis,
  target: Target,
  positions: DocumentPositions,
): CallHierarchyIncomingCall[] {
  const callers = new Map<AstNode, Span[]>();
  for (const span of listOccurrences(analysis, target)) {
    const tree = analysis.files.get(span.file)?.node;
    const caller = tree && findInnermost(findNodePath(tree, span.start), ...callerKinds);
    if (caller === undefined || caller === target.node) continue;
    callers.set(caller, [...(callers.get(caller) ?? []), span]);
  }
  return [...callers].flatMap(([node, spans]) =>
    createCallItems(analysis, node, positions).map((from) => ({
      from,
      fromRanges: spans.map((span) => positions.toRange(span)),
    })),
  );
}

/** The predicates that a declaration calls. */
export function listOutgoingCalls(
  analysis: PolicyAnalysis,
  { node: { span } }: Target,
  positions: DocumentPositions,
): CallHierarchyOutgoingCall[] {
  const called = new Map<string, { readonly target: Target; readonly spans: Span[] }>();
  for (const { span: own, target } of analysis.occurrences) {
    const isInside = own.file === span.file && span.start <= own.start && own.end <= span.end;
    if (!isInside || target.kind !== 'function' || target.span.start === own.start) continue;
    const key = `${target.span.file} ${target.span.start}`;
    const calls = called.get(key) ?? { target, spans: [] };
    calls.spans.push(own);
    called.set(key, calls);
  }
  return [...called.values()].flatMap(({ target, spans }) =>
    createCallItems(analysis, target.node, positions).map((to) => ({
      to,
      fromRanges: spans.map((each) => positions.toRange(each)),
    })),
  );
}

const callerKinds = [
  ...(['Rule', 'ScoreCondition', 'Function', 'Invariant', 'Const', 'Let'] as const),
  ...(['Test', 'Given', 'Group', 'Score'] as const),
] as const;

/** One item; none for a declaration of the language itself, which editors cannot open. */
function createCallItems(
  { entry }: PolicyAnalysis,
  node: AstNode,
  positions: DocumentPositions,
): CallHierarchyItem[] {
  const { name, span } = nameSymbol(node);
  const location = positions.toLocation(node.span);
  if (location === undefined) return [];
  const data: CallData = { entry, file: span.file, offset: span.start };
  return [
    {
      name,
      kind: symbolKinds[node.kind] ?? SymbolKind.Function,
      ...(node.kind === 'Rule' ? { detail: node.effect } : {}),
      uri: location.uri,
      range: location.range,
      selectionRange: positions.toRange(span),
      data,
    },
  ];
}
