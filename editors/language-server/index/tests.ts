// The tests of a policy in its syntax trees, so that a policy with errors has tests, too.

import { type Analysis, expandRows } from '@nhipol/language';
import type { Span } from '@nhipol/language/support';
import type { AstNode, FileNode, RowNode, StepNode, TestNode } from '@nhipol/language/syntax';

/** A test; of a test with rows, each row. */
export interface ListedTest {
  /** Unique in the policy: equal names are numbered. */
  readonly name: string;
  /** The written name, which the rows of a test have in common. */
  readonly written: string;
  readonly isRow: boolean;
  /** The test or the row. */
  readonly span: Span;
  /** The name, or the row. The span of the checked test is the same. */
  readonly nameSpan: Span;
  /** The whole test. */
  readonly node: TestNode;
}

export function listTests({ files }: Pick<Analysis, 'files'>): readonly ListedTest[] {
  const used = new Map<string, number>();
  const unique = (name: string): string => {
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : unique(`${name} (${times})`);
  };
  return [...files.values()].flatMap(({ node, text, included }) =>
    included
      ? testNodes(node).flatMap((test) =>
          expandRows(test, ({ start, end }) => text.slice(start, end)).map((testNode) => ({
            name: unique(testNode.name.value),
            written: test.name.value,
            isRow: test.each !== undefined,
            span: test.each === undefined ? test.span : testNode.name.span,
            nameSpan: testNode.name.span,
            node: test,
          })),
        )
      : [],
  );
}

function testNodes({ items }: FileNode): readonly TestNode[] {
  return items.filter((item) => item.kind === 'Test');
}

/** Whether a test has a name, or is a row of the test with this name. */
export function hasTestName({ name, written }: ListedTest, wanted: string): boolean {
  return name === wanted || written === wanted;
}

export function listExpectations({ steps, each }: TestNode): readonly (StepNode | RowNode)[] {
  return each === undefined ? steps : each.rows;
}

/** The part of a step or row from `expect` on. */
export function findExpectationSpan(node: StepNode | RowNode, text: string): Span {
  const { span } = node;
  const from = Math.max(
    span.start,
    ...listStartNodes(node).map((startNode) => startNode?.span.end ?? 0),
  );
  const index = text.slice(from, span.end).search(/\bexpect\b/);
  return index < 0 ? span : { ...span, start: from + index };
}

function listStartNodes(node: StepNode | RowNode): readonly (AstNode | undefined)[] {
  if (node.kind === 'Row') return node.cells;
  const { at, after, session, grants, signals, times, changes } = node;
  return [at, after, session, ...grants, ...signals, times, ...changes];
}
