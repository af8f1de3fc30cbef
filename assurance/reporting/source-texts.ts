// The sources of a checked policy: parses its files again and finds expressions, rules and declarations by their spans.

import { casesOf, isVocabulary, Reporter, shownPath } from '@nhipol/language';
import { type MessagePart, type Policy, placeOf } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import {
  type ConstNode,
  type ExprNode,
  type GivenNode,
  type GroupItemNode,
  type GroupNode,
  type ItemNode,
  parse,
  printExpr,
  type RuleNode,
  type ScoreConditionNode,
  type ScoreNode,
  type TestNode,
  visit,
} from '@nhipol/language/syntax';

/** A rule or a condition of a score, with its enclosing conditions. */
export interface WrittenRule {
  readonly node: RuleNode | ScoreConditionNode;
  /** The conditions of the enclosing group and `given`s, from the outermost. */
  readonly around: readonly string[];
}

export class SourceTexts {
  readonly #policy: Policy;
  readonly #items: readonly ItemNode[];
  readonly #exprs = new Map<string, ExprNode>();
  readonly #written = new Map<string, WrittenRule>();
  readonly #scores = new Map<string, ScoreNode>();
  /** Each row is a separate test. */
  readonly #tests = new Map<string, TestNode>();

  constructor(policy: Policy) {
    this.#policy = policy;
    const files = policy.sources
      .filter(({ isTable }) => !isTable)
      .map(({ path, text }) => parse(path, text, new Reporter()));
    this.#items = files.flatMap((file) => file.items);
    for (const file of files) {
      visit(file, (node) => {
        if (isExpr(node)) this.#exprs.set(keyOf(node.span), node);
        return undefined;
      });
    }
    for (const item of this.#items) {
      if (item.kind === 'Group') this.#group(item);
      if (item.kind !== 'Test') continue;
      for (const each of casesOf(item, (span) => this.slice(span)))
        this.#tests.set(keyOf(each.name.span), each);
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
  written(span: Span): WrittenRule | undefined {
    return this.#written.get(keyOf(span));
  }

  score(span: Span): ScoreNode | undefined {
    return this.#scores.get(keyOf(span));
  }

  test(span: Span): TestNode | undefined {
    return this.#tests.get(keyOf(span));
  }

  /** Returns an expression on one line, without comments. */
  expr(span: Span): string {
    const node = this.#exprs.get(keyOf(span));
    return node === undefined ? this.slice(span).replace(/\s+/g, ' ') : printExpr(node);
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
    const minIndent = Math.min(...rest.filter((line) => line.trim() !== '').map(indentOf));
    const surplus = Math.max(0, minIndent - 2);
    return [first, ...rest.map((line) => line.slice(Math.min(surplus, indentOf(line))))]
      .map((line) => line.trimEnd())
      .join('\n');
  }

  /** Returns the place of a span, with the path relative to the working directory. */
  at(span: Span): { readonly file: string; readonly line: number; readonly column: number } {
    return { ...placeOf(this.#policy, span), file: shownPath(span.file) };
  }

  #group(group: GroupNode): void {
    const around = group.condition === undefined ? [] : [printExpr(group.condition)];
    this.#groupItems(group.items, around);
  }

  #groupItems(items: readonly GroupItemNode[], around: readonly string[]): void {
    for (const item of items) {
      if (item.kind === 'Rule') this.#written.set(keyOf(item.name.span), { node: item, around });
      if (item.kind === 'Given') this.#given(item, around);
      if (item.kind === 'Score') {
        this.#scores.set(keyOf(item.name.span), item);
        for (const node of item.conditions) {
          this.#written.set(keyOf(node.name.span), { node, around });
        }
      }
    }
  }

  #given(node: GivenNode, around: readonly string[]): void {
    const given = `given ${node.name.text} = ${printExpr(node.value)}`;
    this.#groupItems(node.items, [...around, given]);
    this.#groupItems(node.otherwise?.items ?? [], [...around, `${given} … otherwise`]);
  }
}

function keyOf({ file, start, end }: Span): string {
  return `${start} ${end} ${file}`;
}

function indentOf(line: string): number {
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
