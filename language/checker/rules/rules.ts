// Checks groups, rules, `checkGiven`s and scores. The conditions around a rule become part of its
// condition.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import { type Fix, proposeRemoval } from '../../diagnostics/fix.ts';
import type {
  Band,
  Binding,
  Expr,
  MessagePart,
  Rule,
  Scope,
  Score,
  ScoreCondition,
} from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { collectReads } from '../../model/reads.ts';
import { hasAllItems } from '../../support/all-there.ts';
import type { Span } from '../../support/source.ts';
import type {
  BandNode,
  ExprNode,
  GivenNode,
  GroupItemNode,
  GroupNode,
  MessageNode,
  NameNode,
  RuleNode,
  ScoreConditionNode,
  ScoreNode,
} from '../../syntax/ast.ts';
import { bool, isCollection, typeName } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { checkDemands, createValuing } from '../declarations/obligations.ts';
import { ScopeView, type Shapes } from '../declarations/shapes.ts';
import { selectKnowable } from '../expressions/calendar.ts';
import {
  explainInMessage,
  requireClockFree,
  requireKnownDemands,
} from '../expressions/clock-free.ts';
import { depthLimit, measureDepth } from '../expressions/depth.ts';
import type { Local } from '../expressions/env.ts';
import { ExpressionChecker } from '../expressions/expressions.ts';
import { asRead, joinAllConditions, makeConstant } from '../expressions/parts.ts';
import { relateType } from '../expressions/typed-by.ts';
import { relateFirstDeclaration } from '../related.ts';
import { checkLocalName } from '../shadowing.ts';
import { findNextSpan, withoutLatest } from '../written.ts';
import { buildAccessRequestConditions } from './access-requests.ts';
import { NarrowingChecker } from './narrowing.ts';
import { reservedReasons } from './reasons.ts';
import { checkGroupScope } from './scopes.ts';
import { withoutSecrets } from './secrecy.ts';

const readLimit = 64;

export interface CheckedRules {
  readonly rules: readonly Rule[];
  readonly scores: readonly Score[];
}

/** Checks a group. Rules and scores with errors are reported and left out. */
export function checkGroup(
  context: Context,
  declarations: Declarations,
  shapes: Shapes,
  node: GroupNode,
): CheckedRules {
  const { scope, guards } = checkGroupScope(context, shapes, node);
  const view = new ScopeView(shapes, scope, node.span);
  const checker = new GroupChecker(context, declarations, shapes, scope, view);
  return checker.group(node, guards);
}

/** The conditions and names in scope of a rule. */
interface Place {
  readonly guards: readonly Expr[];
  readonly locals: ReadonlyMap<string, Local | undefined>;
}

class GroupChecker {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #shapes: Shapes;
  readonly #scope: Scope;
  readonly #view: ScopeView;
  readonly #rules: Rule[] = [];
  readonly #scores: Score[] = [];

  constructor(
    context: Context,
    declarations: Declarations,
    shapes: Shapes,
    scope: Scope,
    view: ScopeView,
  ) {
    this.#context = context;
    this.#declarations = declarations;
    this.#shapes = shapes;
    this.#scope = scope;
    this.#view = view;
  }

  /** `guards` are the conditions that the scope adds. */
  group(node: GroupNode, guards: readonly ExprNode[]): CheckedRules {
    const place: Place = { guards: [], locals: new Map() };
    const conditions = [...guards, ...(node.condition === undefined ? [] : [node.condition])].map(
      (condition) => this.#expressions(place).expect(condition, bool),
    );
    if (hasAllItems(conditions)) this.#items(node.items, { ...place, guards: conditions });
    return { rules: this.#rules, scores: this.#scores };
  }

  #expressions(place: Place): ExpressionChecker {
    return new ExpressionChecker(this.#context, this.#declarations, {
      view: this.#view,
      locals: place.locals,
      hasContext: this.#shapes.context !== undefined,
      hasTime: this.#hasTime,
    });
  }

  get #hasTime(): boolean {
    return this.#shapes.context?.members.has('time') === true;
  }

  #items(items: readonly GroupItemNode[], outer: Place): void {
    // Grows with each `let`, because the items after it are checked later.
    const locals = new Map(outer.locals);
    const place: Place = { ...outer, locals };
    for (const item of items) {
      if (item.kind === 'Let') {
        const bound = this.#bound(item.name, item.value, place);
        if (bound !== undefined) locals.set(item.name.text, bound.binding);
      } else if (item.kind === 'Rule') this.#rule(item, place);
      else if (item.kind === 'Given') this.#checkGiven(item, place);
      else this.#score(item, place);
    }
  }

  #bind(name: NameNode, value: ExprNode, place: Place): Place {
    const bound = this.#bound(name, value, place);
    if (bound === undefined) return place;
    return { ...place, locals: new Map(place.locals).set(name.text, bound.binding) };
  }

  /**
   * Returns `undefined` if the name is already used. A value with a reported error is bound
   * nevertheless, so that uses of its name are not reported as well.
   */
  #bound(
    name: NameNode,
    value: ExprNode,
    place: Place,
  ): { readonly binding: Binding | undefined } | undefined {
    if (place.locals.has(name.text)) {
      const first = place.locals.get(name.text);
      const related =
        first !== undefined && 'value' in first ? relateFirstDeclaration(first.span) : [];
      this.#context.reporter.report('duplicate-name', name.span, { name: name.text }, { related });
      return undefined;
    }
    checkLocalName(this.#context, name);
    const checked = this.#expressions(place).infer(value);
    if (checked === undefined) return { binding: undefined };
    if (measureDepth(checked) > depthLimit) {
      this.#context.reporter.report('too-many', name.span, {
        what: 'levels in an expression and the `let`s that it uses',
        limit: depthLimit,
      });
      return { binding: undefined };
    }
    return { binding: { name: name.text, value: checked, span: name.span } };
  }

  #checkGiven(node: GivenNode, place: Place): void {
    const inner = this.#bind(node.name, node.value, place);
    const binding = inner.locals.get(node.name.text);
    const { span } = node.value;
    const value =
      binding !== undefined && 'value' in binding ? binding.value : makeConstant(true, bool, span);
    const isValueKnown: Expr = {
      kind: 'Known',
      operand: asRead(value) ?? selectKnowable(value),
      type: bool,
      span,
    };
    const missing: Expr = { kind: 'Not', operand: isValueKnown, type: bool, span };
    const before = this.#rules.length;
    const scoresBefore = this.#scores.length;
    this.#items(node.items, { ...inner, guards: [...place.guards, isValueKnown] });
    const restricts =
      this.#rules.slice(before).some((rule) => rule.effect !== 'permit') ||
      this.#scores.length > scoresBefore;
    if (node.otherwise === undefined) {
      if (restricts)
        this.#context.reporter.report('given-without-otherwise', node.name.span, {
          name: node.name.text,
        });
      return;
    }
    this.#items(node.otherwise.items, { ...place, guards: [...place.guards, missing] });
  }

  // --- rules -------------------------------------------------------------------------------------

  #rule(node: RuleNode, outer: Place): void {
    this.#clauses(node);
    this.#checkReserved(node.name);
    const place = node.where.reduce<Place>(
      (before, { name, value }) => this.#bind(name, value, before),
      outer,
    );
    const expressions = this.#expressions(place);
    const writtenCondition = node.condition && expressions.expect(node.condition, bool);
    const demands = checkDemands(
      this.#context,
      (declared) => this.#declarations.obligation(declared),
      node.demands,
      node.effect,
      createValuing(this.#context, expressions),
    );
    const narrowing =
      node.effect === 'narrow'
        ? this.#narrowing(place).check(node.name, node.settings, node.unless, demands)
        : undefined;
    const message = this.#message(node.because, place);
    if ((node.condition !== undefined && writtenCondition === undefined) || message === undefined)
      return;
    if (demands === undefined || (node.effect === 'narrow' && narrowing === undefined)) return;
    const inTime = buildAccessRequestConditions(this.#context, demands, this.#hasTime);
    if (inTime === undefined) return;
    const certain = [...requireKnownDemands(demands), ...inTime];
    const condition = joinAllConditions(
      [
        ...place.guards,
        ...(writtenCondition === undefined ? [] : [writtenCondition]),
        ...(node.effect === 'permit' ? certain : []),
      ],
      node.name.span,
    );
    const remainsChallenge =
      node.effect === 'challenge' && certain.length > 0
        ? joinAllConditions(certain, node.name.span)
        : undefined;
    if (node.effect === 'permit' && !this.#mayPermit(condition, node)) return;
    if (
      !this.#mayExplain(
        [condition, narrowing?.inside ?? [], remainsChallenge ?? []].flat(),
        node.name.span,
      )
    )
      return;
    this.#rules.push({
      id: node.name.text,
      effect: node.effect,
      scope: this.#scope,
      condition,
      when: writtenCondition,
      skipUnknown: node.skipUnknown,
      narrowing,
      demands,
      remainsChallenge,
      message,
      covers: node.covers.map((cover) => cover.text),
      span: node.name.span,
    });
  }

  /** The unknown paths of a rule are the bits of one word. */
  #mayExplain(exprs: readonly Expr[], span: Span): boolean {
    const few = collectReads(exprs).size <= readLimit;
    if (!few)
      this.#context.reporter.report('too-many', span, {
        what: 'members and tables in a rule',
        limit: readLimit,
      });
    return few;
  }

  #clauses(node: RuleNode): void {
    const reportMisplaced = (clause: string, span: Span, fix?: Fix) =>
      this.#context.reporter.report(
        'misplaced-clause',
        span,
        { clause, effect: node.effect },
        { fix },
      );
    const words = (clause: string, after: Span, pattern: RegExp) => {
      const span = findNextSpan(this.#context, after, pattern);
      reportMisplaced(
        clause,
        span ?? node.name.span,
        span && proposeRemoval(span, `remove \`${clause}\``),
      );
    };
    if (node.effect !== 'narrow') {
      for (const setting of node.settings.slice(0, 1)) reportMisplaced('to', setting.span);
      if (node.unless !== undefined) reportMisplaced('or deny unless', node.unless.span);
    }
    if (node.effect === 'permit') {
      if (node.condition === undefined && !node.otherwise) {
        this.#context.reporter.report('permit-without-condition', node.name.span, {
          name: node.name.text,
        });
      }
      if (node.skipUnknown) {
        const end = node.condition ?? node.name;
        words('if unknown skip', end.span, /^\s*(?:otherwise\s*)?(,\s*if\s+unknown\s+skip)/);
      }
    } else if (node.otherwise) words('otherwise', node.name.span, /^\s*(otherwise)/);
  }

  #checkReserved(name: NameNode): void {
    const use = reservedReasons[name.text];
    if (use !== undefined)
      this.#context.reporter.report('reserved-name', name.span, { name: name.text, use });
  }

  /** A permit must depend only on fresh data, and only on the current actor. */
  #mayPermit(condition: Expr, node: RuleNode): boolean {
    const { reporter } = this.#context;
    let isValid = true;
    for (const expr of collectExprs([condition])) {
      if (expr.kind !== 'Read') continue;
      const within =
        expr.span.file === node.span.file &&
        expr.span.start >= node.span.start &&
        expr.span.end <= node.span.end;
      const related = within
        ? []
        : [{ span: node.name.span, message: 'this permit depends on it' }];
      if (expr.latest) {
        const fix = within ? withoutLatest(this.#context, expr.span) : undefined;
        reporter.report('latest-in-permit', expr.span, {}, { related, fix });
        isValid = false;
      }
      if (expr.members.some((member) => member.name === 'actor_chain')) {
        reporter.report('actor-chain-in-permit', expr.span, {}, { related });
        isValid = false;
      }
    }
    return isValid;
  }

  #message(node: MessageNode | undefined, place: Place): readonly MessagePart[] | undefined {
    if (node === undefined) return [];
    const parts = node.parts.map((part): MessagePart | undefined => {
      if (part.kind === 'String') return part.value;
      const expr = this.#expressions(place).value(part);
      if (expr === undefined) return undefined;
      if (isCollection(expr.type)) {
        this.#context.reporter.report(
          'wrong-type',
          part.span,
          { expected: 'a scalar', found: typeName(expr.type) },
          {
            help: 'a message shows single values: use one of them, or `size(…)`',
            related: relateType(this.#context, part, expr),
          },
        );
        return undefined;
      }
      if (withoutSecrets(this.#context, expr, 'a message') === undefined) return undefined;
      return requireClockFree(this.#context, expr, explainInMessage(expr));
    });
    return hasAllItems(parts) ? parts : undefined;
  }

  #narrowing(place: Place): NarrowingChecker {
    return new NarrowingChecker(this.#context, this.#declarations, this.#expressions(place));
  }

  // --- scores ------------------------------------------------------------------------------------

  #score(node: ScoreNode, place: Place): void {
    const conditions = node.conditions.map((condition) => this.#scoreCondition(condition, place));
    const bands = node.bands.map((band) => this.#band(node, band, place));
    const order = this.#bandOrder(node.bands);
    if (order !== undefined)
      this.#context.reporter.report(
        'bad-score',
        order.span,
        { why: order.why },
        {
          related:
            order.before === undefined
              ? []
              : [{ span: order.before, message: 'the previous band' }],
        },
      );
    if (conditions.length === 0 || bands.length === 0) {
      this.#context.reporter.report('bad-score', node.name.span, {
        why: 'needs a condition and a band',
      });
      return;
    }
    if (order !== undefined || !hasAllItems(conditions) || !hasAllItems(bands)) return;
    this.#scores.push({
      name: node.name.text,
      scope: this.#scope,
      conditions,
      bands,
      span: node.name.span,
    });
  }

  #scoreCondition(node: ScoreConditionNode, place: Place): ScoreCondition | undefined {
    this.#checkReserved(node.name);
    const scoreCondition = this.#expressions(place).expect(node.condition, bool);
    const message = this.#message(node.because, place);
    if (scoreCondition === undefined || message === undefined) return undefined;
    if (node.weight.value < 1n || node.weight.value > 1_000_000n) {
      this.#context.reporter.report('bad-score', node.weight.span, {
        why: 'has a condition that does not count from 1 to 1,000,000',
      });
      return undefined;
    }
    const condition = joinAllConditions([...place.guards, scoreCondition], node.name.span);
    if (!this.#mayExplain([condition], node.name.span)) return undefined;
    return {
      id: node.name.text,
      weight: node.weight.value,
      condition,
      when: scoreCondition,
      message,
      covers: node.covers.map((cover) => cover.text),
      span: node.name.span,
    };
  }

  #band(score: ScoreNode, node: BandNode, place: Place): Band | undefined {
    const narrows = node.effect === 'narrow';
    if (!narrows && (node.settings.length > 0 || node.unless !== undefined)) {
      this.#context.reporter.report('misplaced-clause', node.span, {
        clause: 'to',
        effect: node.effect,
      });
      return undefined;
    }
    const narrowing = narrows
      ? this.#narrowing(place).check(
          { text: score.name.text, span: node.span },
          node.settings,
          node.unless,
          [],
        )
      : undefined;
    if (narrows && narrowing === undefined) return undefined;
    return { from: node.from.value, effect: node.effect, narrowing, span: node.span };
  }

  #bandOrder(
    bands: readonly BandNode[],
  ): { span: Span; why: string; before: Span | undefined } | undefined {
    let before: { from: bigint; effect: EffectName; span?: Span } = { from: 0n, effect: 'permit' };
    for (const { from, effect, span } of bands) {
      if (from.value <= before.from)
        return { span: from.span, why: 'has bands that do not rise', before: before.span };
      if (strictness(effect) <= strictness(before.effect)) {
        return {
          span,
          why: effect === 'permit' ? 'cannot permit' : 'has a later band that is not stricter',
          before: before.span,
        };
      }
      before = { from: from.value, effect, span };
    }
    return undefined;
  }
}
