// Code lenses: run, watch and explain on each test, and on each rule the number of tests that fire it, which is found when
// the lens becomes visible.

import type { CodeLens } from 'vscode-languageserver';
import { counted } from '../../language/support/words.ts';
import type { AstNode, NameNode } from '../../language/syntax/ast.ts';
import { childrenOf } from '../../language/syntax/visit.ts';
import type { PolicyAnalysis } from '../analysis.ts';
import { testsIn } from '../index/tests.ts';
import type { Positions } from '../positions.ts';
import { commands } from '../protocol.ts';

/** The data of a lens on a rule. */
export interface RuleLensData {
  readonly uri: string;
  readonly file: string;
  readonly rule: string;
  /** The offset of its name. */
  readonly start: number;
}

export function codeLensesIn(
  analysis: PolicyAnalysis,
  file: string,
  positions: Positions,
): CodeLens[] {
  const own = analysis.files.get(file);
  if (own === undefined || !own.included) return [];
  const uri = positions.uriOf(file);
  const tests = testsIn(analysis);
  // The rows of a test follow each other.
  const nodes = new Set(tests.map(({ node }) => node).filter(({ span }) => span.file === file));
  const ofTests = [...nodes].flatMap((node) => {
    const range = positions.rangeOf(node.name.span);
    const test = tests.find((each) => each.node === node);
    const name = test === undefined || test.isRow ? node.name.value : test.name;
    return testCommands.map(({ title, command }) => ({
      range,
      command: { title, command, arguments: [uri, name] },
    }));
  });
  if (tests.length === 0 || analysis.policy === undefined) return ofTests;
  const ofRules = ruleNames(own.node).map(({ text, span }): CodeLens => {
    const data: RuleLensData = { uri, file, rule: text, start: span.start };
    return { range: positions.rangeOf(span), data };
  });
  return [...ofTests, ...ofRules];
}

const testCommands = [
  { title: 'Run', command: commands.runTest },
  { title: 'Watch', command: commands.watchTest },
  { title: 'Explain', command: commands.explainTest },
];

/** The lens of a rule with the tests that fire it. */
export function resolvedLens(lens: CodeLens, firedBy: readonly string[]): CodeLens {
  const { uri, rule }: RuleLensData = lens.data;
  const title =
    firedBy.length === 0 ? 'Never fired by a test' : `Fired by ${counted(firedBy.length, 'test')}`;
  return {
    ...lens,
    command: { title, command: commands.showTests, arguments: [uri, rule, firedBy] },
  };
}

/** The names of rules and of the conditions of scores. */
function ruleNames(root: AstNode): readonly NameNode[] {
  const names: NameNode[] = [];
  const add = (node: AstNode) => {
    if (node.kind === 'Rule' || node.kind === 'ScoreCondition') names.push(node.name);
    else if (blocks.has(node.kind)) for (const child of childrenOf(node)) add(child);
  };
  add(root);
  return names;
}

const blocks: ReadonlySet<AstNode['kind']> = new Set([
  ...(['File', 'Group', 'Given', 'Otherwise', 'Score'] as const),
]);
