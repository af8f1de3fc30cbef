// Checks invariants: claims about a request and its answer. The names `effect`, `reasons`,
// `constraints` and `obligations` refer to the answer; everything else is typed as in a group with
// the same scope.

import { effects } from '@nhipol/runtime/abi';
import type { AnswerVariables, Constraint, Invariant, Variable } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import type { ExprNode, InvariantNode } from '../../syntax/ast.ts';
import {
  bool,
  type EnumType,
  type Member,
  makeSetType,
  type Type,
  timestamp,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { ScopeView, type Shapes } from '../declarations/shapes.ts';
import { ExpressionChecker } from '../expressions/expressions.ts';
import type { Reasons } from './reasons.ts';
import { checkGroupScope } from './scopes.ts';

export class InvariantChecker {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #shapes: Shapes;
  readonly #reasons: Reasons;
  #answer: AnswerVariables | undefined;

  constructor(context: Context, declarations: Declarations, shapes: Shapes, reasons: Reasons) {
    this.#context = context;
    this.#declarations = declarations;
    this.#shapes = shapes;
    this.#reasons = reasons;
  }

  check(node: InvariantNode): Invariant | undefined {
    const { scope, guards } = checkGroupScope(this.#context, this.#shapes, node);
    const answer = this.#makeAnswer(node.span);
    const { context } = this.#shapes;
    const claim = new ExpressionChecker(this.#context, this.#declarations, {
      view: new ScopeView(this.#shapes, scope, node.span),
      locals: new Map(Object.entries(answer)),
      hasContext: context !== undefined,
      hasTime: context?.members.has('time') === true,
    }).expect(guards.reduceRight(makeImplication, node.claim), bool);
    return claim && { name: node.name.value, scope, claim, answer, span: node.name.span };
  }

  /** A single list for all invariants, because enums are compared by the position of their declaration. */
  #makeAnswer(span: Span): AnswerVariables {
    this.#answer ??= answerVariables(
      this.#reasons.ids,
      this.#context.all('Constraint').map((node) => ({
        name: node.name.text,
        constraint: this.#declarations.constraint(node),
      })),
      this.#context.all('Obligation').map((node) => node.name.text),
      span,
    );
    return this.#answer;
  }
}

/** Limits the claim to the names of the scope. */
function makeImplication(right: ExprNode, left: ExprNode): ExprNode {
  return { kind: 'Binary', operator: 'implies', left, right, span: right.span };
}

/** Every constraint is optional in an answer. */
function asMember({ name, type, span }: Constraint): Member {
  return {
    name,
    type: asAnswered(type),
    optional: true,
    secret: false,
    fresh: undefined,
    default: undefined,
    span,
  };
}

/** In an answer, every instant is an RFC 3339 string. */
function asAnswered(type: Type): Type {
  if (type.kind === 'Set') return makeSetType(asAnswered(type.element));
  return type.kind === 'Timestamp' ? timestamp : type;
}

function answerVariables(
  reasons: readonly string[],
  constraints: readonly { readonly name: string; readonly constraint: Constraint | undefined }[],
  obligations: readonly string[],
  span: Span,
): AnswerVariables {
  const variable = (name: string, type: Type): Variable => ({ name, type, path: name });
  const makeEnum = (name: string, members: readonly string[], ordered: boolean): EnumType => ({
    kind: 'Enum',
    name,
    members,
    ordered,
    otherwise: undefined,
    span,
  });
  const members = new Map<string, Member>();
  const broken = new Set<string>();
  for (const { name, constraint } of constraints) {
    if (constraint === undefined) broken.add(name);
    else members.set(name, asMember(constraint));
  }
  return {
    effect: variable('effect', makeEnum('Effect', effects, true)),
    reasons: variable('reasons', makeSetType(makeEnum('Reason', reasons, false))),
    constraints: variable('constraints', {
      kind: 'Record',
      name: 'constraints',
      members,
      broken,
      span: [...members.values()][0]?.span ?? span,
    }),
    obligations: variable('obligations', makeSetType(makeEnum('Obligation', obligations, false))),
  };
}
