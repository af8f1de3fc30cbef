// Code lenses: run, watch and explain on each test, on each rule the number of tests that fire it, and on each invariant
// whether it is proved. What takes longer is found when a lens becomes visible.

import { pluralize, type Span } from '@nhipol/language/support';
import {
  type AstNode,
  type FileNode,
  listChildren,
  type NameNode,
  type StringNode,
} from '@nhipol/language/syntax';
import type { CodeLens } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import { listTests } from '../index/tests.ts';
import type { DocumentPositions } from '../positions.ts';
import { commands } from '../protocol.ts';
import type { ProvedInvariant } from '../runs/proofs.ts';

/** The data of a lens on a rule or an invariant. */
export interface LensData {
  readonly uri: string;
  readonly file: string;
  readonly kind: 'rule' | 'invariant';
  readonly name: string;
  /** The offset of the name. */
  readonly start: number;
}

/** Proofs about larger policies would delay other answers after each change. */
const maxRules = 300;

export function listCodeLenses(
  analysis: PolicyAnalysis,
  file: string,
  positions: DocumentPositions,
): CodeLens[] {
  const analyzedFile = analysis.files.get(file);
  if (analyzedFile === undefined || !analyzedFile.included) return [];
  const uri = positions.toUri(file);
  const tests = listTests(analysis);
  // The rows of a test follow each other.
  const nodes = new Set(tests.map(({ node }) => node).filter(({ span }) => span.file === file));
  const ofTests = [...nodes].flatMap((node) => {
    const range = positions.toRange(node.name.span);
    const test = tests.find((listedTest) => listedTest.node === node);
    const name = test === undefined || test.isRow ? node.name.value : test.name;
    return testCommands.map(({ title, command }) => ({
      range,
      command: { title, command, arguments: [uri, name] },
    }));
  });
  const { policy } = analysis;
  if (policy === undefined) return ofTests;
  const open = (kind: LensData['kind'], name: string, span: Span): CodeLens => {
    const data: LensData = { uri, file, kind, name, start: span.start };
    return { range: positions.toRange(span), data };
  };
  const rules = tests.length === 0 ? [] : listRuleNames(analyzedFile.node);
  const invariants = policy.rules.length > maxRules ? [] : listInvariantNames(analyzedFile.node);
  return [
    ...ofTests,
    ...rules.map(({ text, span }) => open('rule', text, span)),
    ...invariants.map(({ value, span }) => open('invariant', value, span)),
  ];
}

const testCommands = [
  { title: 'Run', command: commands.runTest },
  { title: 'Watch', command: commands.watchTest },
  { title: 'Explain', command: commands.explainTest },
];

/** The lens of a rule with the tests that fire it. */
export function resolveRuleLens(lens: CodeLens, firedBy: readonly string[]): CodeLens {
  const { uri, name }: LensData = lens.data;
  const title =
    firedBy.length === 0
      ? 'Never fired by a test'
      : `Fired by ${pluralize(firedBy.length, 'test')}`;
  return {
    ...lens,
    command: { title, command: commands.showTests, arguments: [uri, name, firedBy] },
  };
}

/** The lens of an invariant with its verdict, or `undefined` if the policy changed. */
export function resolveInvariantLens(lens: CodeLens, proof: ProvedInvariant | undefined): CodeLens {
  const { uri, name }: LensData = lens.data;
  const words = { proved: 'Proved', refuted: 'Refuted:', 'not proved': 'Not proved:' };
  const title = proof === undefined ? 'Not proved' : `${words[proof.verdict]} ${proof.detail}`;
  if (proof?.verdict !== 'refuted') return { ...lens, command: { title, command: '' } };
  return {
    ...lens,
    command: { title, command: commands.showCounterexample, arguments: [uri, name] },
  };
}

function listInvariantNames({ items }: FileNode): readonly StringNode[] {
  return items.flatMap((item) => (item.kind === 'Invariant' ? [item.name] : []));
}

/** The names of rules and of the conditions of scores. */
function listRuleNames(root: AstNode): readonly NameNode[] {
  const names: NameNode[] = [];
  const add = (node: AstNode) => {
    if (node.kind === 'Rule' || node.kind === 'ScoreCondition') names.push(node.name);
    else if (blocks.has(node.kind)) for (const child of listChildren(node)) add(child);
  };
  add(root);
  return names;
}

const blocks: ReadonlySet<AstNode['kind']> = new Set([
  ...(['File', 'Group', 'Given', 'Otherwise', 'Score'] as const),
]);
