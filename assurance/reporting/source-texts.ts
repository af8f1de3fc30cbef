// The sources of a checked policy: parses its files again and finds expressions, rules and declarations by their spans.

import { displayPath, expandRows, isVocabulary, Reporter } from '@nhipol/language';
import { findSourcePlace, type MessagePart, type PolicyModel } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import {
  type ConstNode,
  type ExprNode,
  type GivenNode,
  type GroupItemNode,
  type GroupNode,
  type ItemNode,
  parse,
  printExprText,
  type RuleNode,
  type ScoreConditionNode,
  type ScoreNode,
  type TestNode,
  visit,
} from '@nhipol/language/syntax';

/** A rule or a condition of a score, with its enclosing conditions. */
export interface WrittenRule {
  readonly node: RuleNode | ScoreConditionNode;
  /** The conditions of the enclosing group and `groupGiven`s, from the outermost. */
  readonly around: readonly string[];
}

export class SourceTexts {
  readonly #policy: PolicyModel;
  readonly #items: readonly ItemNode[];
  readonly #exprs = new Map<string, ExprNode>();
  readonly #written = new Map<string, WrittenRule>();
  readonly #scores = new Map<string, ScoreNode>();
  /** Each row is a separate test. */
  readonly #tests = new Map<string, TestNode>();

  constructor(policy: PolicyModel) {
    this.#policy = policy;
    const files = policy.sources
      .filter(({ isTable }) => !isTable)
      .map(({ path, text }) => parse(path, text, new Reporter()));
    this.#items = files.flatMap((file) => file.items);
    for (const file of files) {
      visit(file, (node) => {
        if (isExpr(node)) this.#exprs.set(makeSpanKey(node.span), node);
        return undefined;
      });
    }
    for (const item of this.#items) {
      if (item.kind === 'Group') this.#group(item);
      if (item.kind !== 'Test') continue;
      for (const testNode of expandRows(item, (span) => this.slice(span)))
        this.#tests.set(makeSpanKey(testNode.name.span), testNode);
    }
  }

  /** The policy's own, none of a vocabulary that comes with the language. */
  get constants(): readonly ConstNode[] {
    return this.#items.filter(
      (item): item is ConstNode => item.kind === 'Const' && !isVocabulary(item.span.file),
    );
  }

  /** Whether a file of the policy declares a window of the name. */
  hasWindow(name: string): boolean {
    return this.#items.some((item) => item.kind === 'Window' && item.name.text === name);
  }

  /** The text by the span of its name. */
  findRule(span: Span): WrittenRule | undefined {
    return this.#written.get(makeSpanKey(span));
  }

  score(span: Span): ScoreNode | undefined {
    return this.#scores.get(makeSpanKey(span));
  }

  test(span: Span): TestNode | undefined {
    return this.#tests.get(makeSpanKey(span));
  }

  /** Returns an expression on one line, without comments. */
  expr(span: Span): string {
    const node = this.#exprs.get(makeSpanKey(span));
    return node === undefined ? this.slice(span).replace(/\s+/g, ' ') : printExprText(node);
  }

  /** Returns the message of a rule, with its placeholders as written. */
  message(parts: readonly MessagePart[]): string {
    return parts
      .map((part) => (typeof part === 'string' ? part : `{${this.expr(part.span)}}`))
      .join('');
  }

  slice({ file, start, end }: Span): string {
    const text = this.#policy.sources.find(({ path }) => path === file)?.text ?? '';
    return text.slice(start, end);
  }

  /** Returns the lines of a span without their common indentation. */
  lines(span: Span): string {
    const [first = '', ...rest] = this.slice(span).split('\n');
    const minIndent = Math.min(...rest.filter((line) => line.trim() !== '').map(countIndent));
    const surplus = Math.max(0, minIndent - 2);
    return [first, ...rest.map((line) => line.slice(Math.min(surplus, countIndent(line))))]
      .map((line) => line.trimEnd())
      .join('\n');
  }

  /** Returns the place of a span, with the path relative to the working directory. */
  at(span: Span): { readonly file: string; readonly line: number; readonly column: number } {
    return { ...findSourcePlace(this.#policy, span), file: displayPath(span.file) };
  }

  #group(group: GroupNode): void {
    const around = group.condition === undefined ? [] : [printExprText(group.condition)];
    this.#groupItems(group.items, around);
  }

  #groupItems(items: readonly GroupItemNode[], around: readonly string[]): void {
    for (const item of items) {
      if (item.kind === 'Rule')
        this.#written.set(makeSpanKey(item.name.span), { node: item, around });
      if (item.kind === 'Given') this.#groupGiven(item, around);
      if (item.kind === 'Score') {
        this.#scores.set(makeSpanKey(item.name.span), item);
        for (const node of item.conditions) {
          this.#written.set(makeSpanKey(node.name.span), { node, around });
        }
      }
    }
  }

  #groupGiven(node: GivenNode, around: readonly string[]): void {
    const given = `given ${node.name.text} = ${printExprText(node.value)}`;
    this.#groupItems(node.items, [...around, given]);
    this.#groupItems(node.otherwise?.items ?? [], [...around, `${given} … otherwise`]);
  }
}

function makeSpanKey({ file, start, end }: Span): string {
  return `${start} ${end} ${file}`;
}

function countIndent(line: string): number {
  return line.length - line.trimStart().length;
}

const exprKinds: Readonly<Record<ExprNode['kind'], true>> = {
  Bool: true,
  Int: true,
  Decimal: true,
  Duration: true,
  Timestamp: true,
  Address: true,
  String: true,
  Interpolation: true,
  Reference: true,
  Access: true,
  Lookup: true,
  Index: true,
  Call: true,
  Unary: true,
  Binary: true,
  Presence: true,
  Match: true,
  Quantifier: true,
  Aggregate: true,
  If: true,
  Set: true,
  History: true,
};

function isExpr(node: { readonly kind: string }): node is ExprNode {
  return Object.hasOwn(exprKinds, node.kind);
}
