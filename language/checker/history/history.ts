// Checks history terms: converts patterns of events with their conditions and keys, windows, and
// what a count or a sum is compared with, to the checked model.

import { digestMember } from '@nhipol/runtime/call-digest';
import { countWindowParts } from '../../evaluator/history/parts.ts';
import {
  formatEventPattern,
  formatExpr,
  formatField,
  formatHistoryWindow,
} from '../../evaluator/history/text.ts';
import type {
  Comparison,
  EventKey,
  EventPattern,
  Expr,
  HistoryExpr,
  HistoryTerm,
  KeyPart,
  ReadExpr,
  Variable,
} from '../../model/model.ts';
import { collectExprs, isOverElements, listTermPatterns } from '../../model/operands.ts';
import { hasAllItems } from '../../support/all-there.ts';
import type { Span } from '../../support/source.ts';
import type { EventPatternNode, ExprNode, HistoryNode } from '../../syntax/ast.ts';
import { flippedComparisons } from '../../types/comparisons.ts';
import { contains } from '../../types/ranges.ts';
import { type HistoryWindow, periodWords } from '../../types/time/history-window.ts';
import {
  bool,
  duration,
  int,
  isEquatable,
  isSameType,
  removeRange,
  type Type,
  typeName,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { lasting } from '../declarations/ranges.ts';
import { findConstant, resolveZone } from '../expressions/calendar.ts';
import type { Env } from '../expressions/env.ts';
import { joinAllConditions } from '../expressions/parts.ts';
import { isClockFree } from '../expressions/time.ts';
import { type PathNames, splitPathNames } from '../paths.ts';
import { canBeStale, extractCorrelations, isMember } from './correlation.ts';
import { matchSumComparison, type SumComparison } from './sum-comparison.ts';

/**
 * The maximum number of instants that a session stores for one term: one more than the threshold,
 * for each key.
 */
const instantsLimit = 4_096;
/** The maximum number of parts that a session stores for one sum, over all keys. */
const partsLimit = 1_024;

/** The limits over all keys for the events of all sessions, which the module stores. */
const sharedInstantsLimit = 65_536;

/**
 * The maximum number of keys of a term, by where it stores them: in the session, as events of all sessions in the module, or
 * there as one amount for each.
 */
const keyLimits = { session: instantsLimit, shared: 8_192, counters: 1_000_000 } as const;

/** The maximum number of members that together are a key. */
const maxKeyParts = 4;

/** The number of values that are stored for members that `where` compares with the request, without `up to`. */
const defaultKeyLimit = 32;

const expectedCorrelation =
  '`up to` needs values to limit: a member after `per`, or one of the event that `where` compares with one of the request by `is`';

/** Whether a path of the request is also a member of decisions. */
function isCallMember({ root, names }: PathNames): boolean {
  if (root === 'context') return names.length === 1 && names[0] === digestMember;
  return (root === 'action' || root === 'resource') && names.length > 0;
}

/** Whether a session can have several values of it, one after another, although its call remains the same. */
function isSessionMember({ root, names }: PathNames): boolean {
  return (root === 'subject' || root === 'context') && names.length > 0;
}

/** Types the expressions of a pattern. */
export interface PatternTyping {
  readonly expect: (node: ExprNode, type: Type) => Expr | undefined;
  readonly infer: (node: ExprNode) => Expr | undefined;
  /** Reports that the instant of evaluation is not declared, and returns whether it is. */
  readonly hasTime: (what: string, span: Span) => boolean;
}

export class Histories {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #env: Env;
  readonly #createTyping: (env: Env) => PatternTyping;

  /** `createTyping` types expressions in another environment. */
  constructor(
    context: Context,
    declarations: Declarations,
    env: Env,
    createTyping: (env: Env) => PatternTyping,
  ) {
    this.#context = context;
    this.#declarations = declarations;
    this.#env = env;
    this.#createTyping = createTyping;
  }

  /** Checks a term of any form but `count` and `sum`, which must be compared. */
  term(node: HistoryNode): HistoryExpr | undefined {
    const { form, span } = node;
    if (form === 'count' || form === 'sum') {
      this.#context.reporter.report(`${form}-not-compared`, span, {});
      return undefined;
    }
    const pattern = this.#pattern(node.pattern);
    const start = node.start && this.#pattern(node.start);
    const window = this.#window(node);
    if (pattern === undefined || window === 'wrong') return undefined;
    if (node.start !== undefined && start === undefined) return undefined;
    if (form === 'last') return this.#last(pattern, span);
    form satisfies 'once' | 'since';
    const text = formatEventPattern(pattern);
    if (start === undefined) {
      return createHistoryExpr(
        { form: 'once', text: `once(${text}${formatHistoryWindow(window)})`, pattern, window },
        bool,
        span,
      );
    }
    const since = `since(${text}, ${formatEventPattern(start)})`;
    return createHistoryExpr({ form: 'since', text: since, pattern, start }, bool, span);
  }

  /** Checks a comparison with a count or a sum on one side, or `undefined` if there is none. */
  checkComparison(
    operator: Comparison,
    left: ExprNode,
    right: ExprNode,
    span: Span,
  ): { readonly expr: HistoryExpr | undefined } | undefined {
    const summed = matchSumComparison(operator, left, right);
    if (summed !== undefined) return { expr: this.#sum(summed, span) };
    const onLeft = isCount(left);
    const node = onLeft ? left : right;
    if (!isCount(node)) return undefined;
    const oriented = onLeft ? operator : flippedComparisons[operator];
    return { expr: this.#count(oriented, node, onLeft ? right : left, span) };
  }

  #count(
    operator: Comparison,
    node: HistoryNode,
    other: ExprNode,
    span: Span,
  ): HistoryExpr | undefined {
    const pattern = this.#pattern(node.pattern, hasCounter(node));
    const window = this.#window(node);
    const threshold = isCount(other) ? undefined : this.#threshold(other);
    if (isCount(other)) this.#context.reporter.report('count-not-compared', other.span, {});
    if (pattern === undefined || window === 'wrong' || threshold === undefined) return undefined;
    const text = `count(${formatEventPattern(pattern)}${formatHistoryWindow(window)}) ${operator} ${threshold}`;
    const count = { form: 'count', text, pattern, window, operator, threshold } as const;
    if (hasCounter(node)) return createHistoryExpr(count, bool, span);
    const all = pattern.isShared ? sharedInstantsLimit : instantsLimit;
    const ofKey = Math.min(instantsLimit, Math.floor(all / (pattern.key?.limit ?? 1)));
    if (threshold + 1n > ofKey) {
      const limit = Math.max(0, ofKey - 1);
      const found = `${threshold}`;
      this.#context.reporter.report('count-limit', other.span, { limit, found });
      return undefined;
    }
    return createHistoryExpr(count, bool, span);
  }

  #sum({ sum, operator, bound: node }: SumComparison, span: Span): HistoryExpr | undefined {
    const found = this.#resolvePattern(sum.pattern, hasCounter(sum));
    const window = this.#window(sum);
    const member =
      found && sum.member && this.#member(sum.member, found.pattern.event, found.typing);
    const bound = member && this.#bound(node, removeRange(member.type));
    if (found === undefined || window === 'wrong') return undefined;
    if (member === undefined || bound === undefined) return undefined;
    const { pattern } = found;
    const parts = countWindowParts(window) * (pattern.key?.limit ?? 1);
    if (!pattern.isShared && parts > partsLimit) {
      const limit = Math.floor(partsLimit / countWindowParts(window));
      this.#context.reporter.report('too-many', sum.pattern.key?.limit.span ?? sum.span, {
        what: 'keys for one `sum`',
        limit,
      });
      return undefined;
    }
    const added = `sum(event${formatField(member)} of ${formatEventPattern(pattern)}${formatHistoryWindow(window)})`;
    const text = `${added} ${operator} ${formatExpr(bound)}`;
    return createHistoryExpr(
      { form: 'sum', text, pattern, member, window, operator, bound },
      bool,
      span,
    );
  }

  /** The member that a sum adds: a number of the event that cannot be negative. */
  #member(node: ExprNode, event: Variable, typing: PatternTyping): ReadExpr | undefined {
    const read = typing.infer(node);
    if (read === undefined) return undefined;
    const refuse = (why: string): undefined => {
      this.#context.reporter.report('bad-summand', node.span, { why });
      return undefined;
    };
    if (read.kind !== 'Read' || read.from !== event) {
      return refuse('expected a member of `event`, such as `event.action.amount`');
    }
    if (!this.#isOfEvent(read, event, node)) return undefined;
    const { type } = read;
    if (type.kind !== 'Int' && type.kind !== 'Decimal') {
      return refuse(
        `a \`${typeName(type)}\` cannot be added: expected an \`Int\` or a \`Decimal\``,
      );
    }
    if (type.range !== undefined && type.range.min >= 0n) return read;
    return refuse(`it can be negative: declare it as \`${type.kind}(0..)\``);
  }

  /** The number that a sum is compared with. It is evaluated with the request, before rules are. */
  #bound(node: ExprNode, type: Type): Expr | undefined {
    const bound = this.#createTyping(this.#env).expect(node, type);
    if (bound === undefined) return undefined;
    if (!isClockFree(bound)) {
      this.#context.reporter.report('time-not-traceable', node.span, {});
      return undefined;
    }
    const local = [...collectExprs([bound])].find(
      (part) =>
        (part.kind === 'Variable' && part.variable.isParameter !== true) ||
        (part.kind === 'Read' && typeof part.from !== 'string' && part.from.isParameter !== true),
    );
    if (local === undefined) return bound;
    this.#context.reporter.report('sum-not-compared', local.span, {});
    return undefined;
  }

  #threshold(node: ExprNode): bigint | undefined {
    const expr = this.#createTyping(this.#env).expect(node, int);
    if (expr === undefined) return undefined;
    const value = findConstant(expr);
    if (typeof value === 'bigint' && value >= 0n) return value;
    this.#context.reporter.report('count-not-compared', node.span, {});
    return undefined;
  }

  #window({ within, period }: HistoryNode): HistoryWindow | undefined | 'wrong' {
    if (period !== undefined) {
      const zone = resolveZone(this.#context, period.zone);
      const what = `\`${periodWords[period.unit]}\``;
      const hasTime = this.#createTyping(this.#env).hasTime(what, period.span);
      return zone === undefined || !hasTime ? 'wrong' : { kind: 'period', unit: period.unit, zone };
    }
    if (within === undefined) return undefined;
    const constant = this.#declarations.evaluateConstant(
      within,
      duration,
      'the duration of `within`',
    );
    if (typeof constant !== 'bigint') return 'wrong';
    if (!this.#createTyping(this.#env).hasTime('`within`', within.span)) return 'wrong';
    if (contains(lasting, constant)) return { kind: 'age', milliseconds: constant };
    this.#context.reporter.report('bad-within', within.span, {});
    return 'wrong';
  }

  #last(pattern: EventPattern, span: Span): HistoryExpr {
    const { event } = pattern;
    const field: ReadExpr = {
      kind: 'Read',
      from: event,
      members: [],
      latest: false,
      type: event.type,
      span,
    };
    const text = `last(${formatEventPattern(pattern)})`;
    return createHistoryExpr({ form: 'last', text, pattern, field }, event.type, span);
  }

  // --- patterns ----------------------------------------------------------------------------------

  #pattern(node: EventPatternNode, isCounted = false): EventPattern | undefined {
    return this.#resolvePattern(node, isCounted)?.pattern;
  }

  /** `isCounted`: whether the term stores one amount for each key. */
  #resolvePattern(
    node: EventPatternNode,
    isCounted: boolean,
  ): { readonly pattern: EventPattern; readonly typing: PatternTyping } | undefined {
    const { shapes, events } = this.#declarations;
    if (this.#env.outside) {
      this.#context.reporter.report('not-constant', node.span, { what: 'this' });
      return undefined;
    }
    const guardedEvents = events.of(node, shapes);
    if (guardedEvents === undefined) return undefined;
    const { of, guards } = guardedEvents;
    const event = events.variable(of, shapes, node.span);
    const typing = this.#createTyping({
      ...this.#env,
      locals: new Map(this.#env.locals).set('event', event),
    });
    const written = [...guards, ...(node.condition === undefined ? [] : [node.condition])];
    const conditions = written.map((exprNode) => typing.expect(exprNode, bool));
    if (!hasAllItems(conditions)) return undefined;
    const split = conditions.map((conjunct: Expr) => extractCorrelations(conjunct, event));
    const ofEvent = split.flatMap((part) => part.ofEvent);
    const correlations = split.flatMap((part) => part.correlations);
    const condition = ofEvent.length === 0 ? undefined : joinAllConditions(ofEvent, node.span);
    if (condition !== undefined && !this.#isOfEvent(condition, event, node.condition ?? node))
      return undefined;
    const storage = node.across ? (isCounted ? 'counters' : 'shared') : 'session';
    const pattern = { of, event, condition, isShared: node.across };
    if (node.key === undefined && correlations.length === 0) {
      return { pattern: { ...pattern, key: undefined }, typing };
    }
    const key = this.#key(node, storage, typing, event, correlations);
    return key && { pattern: { ...pattern, key }, typing };
  }

  #key(
    { key: node, span }: EventPatternNode,
    storage: keyof typeof keyLimits,
    typing: PatternTyping,
    event: Variable,
    correlations: readonly KeyPart[],
  ): EventKey | undefined {
    const paths = node?.paths ?? [];
    const per = paths.map((path) => this.#keyPart(path, storage !== 'session', typing, event));
    if (!hasAllItems(per)) return undefined;
    const parts = [...per, ...correlations];
    if (parts.length > maxKeyParts) {
      return this.#refuseKey(node?.span ?? span, `it has more than ${maxKeyParts} members`);
    }
    if (node === undefined) return { parts, limit: defaultKeyLimit };
    const { limit } = node;
    if (parts.length === 0) return this.#refuseKey(limit.span, expectedCorrelation);
    if (limit.value < 1n) {
      return this.#refuseKey(limit.span, 'the number of values must be at least 1');
    }
    const maximum = keyLimits[storage];
    if (limit.value <= maximum) return { parts, limit: Number(limit.value) };
    this.#context.reporter.report('too-many', limit.span, {
      what: 'keys for one history term',
      limit: maximum,
    });
    return undefined;
  }

  #refuseKey(span: Span, why: string): undefined {
    this.#context.reporter.report('bad-key', span, { why });
    return undefined;
  }

  #keyPart(
    path: ExprNode,
    isShared: boolean,
    typing: PatternTyping,
    event: Variable,
  ): KeyPart | undefined {
    const refuse = (why: string) => this.#refuseKey(path.span, why);
    const expectedKey = isShared
      ? 'expected a member of the request'
      : `expected a member of \`action\` or \`resource\`, or \`context.${digestMember}\``;
    const names = splitPathNames(path);
    if (names === undefined) return refuse(expectedKey);
    const isEventMember = isCallMember(names);
    if (!isEventMember && !isSessionMember(names)) return refuse(expectedKey);
    if (!isEventMember && !isShared) {
      return refuse(`${expectedKey}; other members can be keys of events \`across sessions\``);
    }
    const ofRequest = this.#createTyping(this.#env).infer(path);
    const ofEvent = isEventMember ? typing.infer(createEventPath(path)) : ofRequest;
    if (ofRequest === undefined || ofEvent === undefined) return undefined;
    if (!isMember(ofRequest) || !isMember(ofEvent)) return refuse(expectedKey);
    if (!isSameType(ofRequest.type, ofEvent.type)) {
      return refuse('it has different types in the event and in the request');
    }
    if (!isEquatable(ofRequest.type)) {
      return refuse(`values of \`${typeName(ofRequest.type)}\` cannot be compared`);
    }
    if (isEventMember && !this.#isOfEvent(ofEvent, event, path)) return undefined;
    if (!isEventMember && canBeStale(ofRequest)) return refuse('it can become stale');
    return { origin: 'per', ofEvent, ofRequest };
  }

  /**
   * Whether the event alone decides the expression, whenever it is evaluated; reports what does
   * not.
   */
  #isOfEvent(expr: Expr, event: Variable, { span }: { readonly span: Span }): boolean {
    const parts = [...collectExprs([expr])];
    const quantified = parts.flatMap((part) => (isOverElements(part) ? [part.variable] : []));
    const eventVariables = new Set([event, ...quantified]);
    const [found] = parts.flatMap((part) => {
      const what = findForeignRead(part, eventVariables);
      return what === undefined ? [] : [{ what, strange: part }];
    });
    if (found === undefined) return true;
    const { what, strange: foreign } = found;
    const inside =
      foreign.span.file === span.file &&
      foreign.span.start >= span.start &&
      foreign.span.end <= span.end;
    const related = inside ? [] : [{ span: foreign.span, message: 'it is read here' }];
    this.#context.reporter.report(
      'not-of-event',
      inside ? foreign.span : span,
      { what },
      { related },
    );
    return false;
  }
}

/** Whether a count or a sum across sessions stores one amount for each key (see `isCounted`). */
function hasCounter({ pattern, within }: HistoryNode): boolean {
  return pattern.across && within === undefined;
}

function isCount(node: ExprNode): node is HistoryNode {
  return node.kind === 'History' && node.form === 'count';
}

type WithoutCounts<T> = T extends HistoryTerm ? Omit<T, 'countsDecisions'> : never;

function createHistoryExpr(term: WithoutCounts<HistoryTerm>, type: Type, span: Span): HistoryExpr {
  const countsDecisions = listTermPatterns(term).some(({ of }) => of.kind === 'decision');
  return { kind: 'History', term: { ...term, countsDecisions }, type, span };
}

/** Rewrites `resource.id` to the `resource.id` of the event. */
function createEventPath(path: ExprNode): ExprNode {
  if (path.kind === 'Access') return { ...path, object: createEventPath(path.object) };
  if (path.kind !== 'Reference') return path;
  const { name, span } = path;
  if (name === 'context') return { ...path, name: 'event' };
  return {
    kind: 'Access',
    span,
    object: { kind: 'Reference', span, name: 'event' },
    name: { kind: 'Name', span, text: name, quoted: false },
  };
}

/**
 * Describes what an expression reads other than the event and the policy, or returns undefined.
 * `known` contains the event, and the elements of its collections.
 */
function findForeignRead(part: Expr, eventVariables: ReadonlySet<Variable>): string | undefined {
  const isOwn = (variable: Variable) =>
    variable.isParameter === true || eventVariables.has(variable);
  switch (part.kind) {
    case 'Variable':
      return isOwn(part.variable) ? undefined : 'part of the current request';
    case 'Read':
      if (typeof part.from !== 'string' && isOwn(part.from)) {
        return canBeStale(part) ? 'a member that can become stale' : undefined;
      }
      return canBeStale(part)
        ? 'a member of the current request that can become stale'
        : 'part of the current request';
    case 'Selector':
      return 'part of the current request';
    case 'Now':
    case 'Age':
      return 'a value that changes with time';
    case 'Lookup':
      return part.table.external ? 'a lookup in an external table' : undefined;
    case 'History':
      return 'a history term about other events';
    default:
      part.kind satisfies
        | ('Constant' | 'Binding' | 'Apply' | 'Compare' | 'InWindow' | 'Calendar')
        | ('And' | 'Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier' | 'Aggregate')
        | ('If' | 'Else' | 'Set');
      return undefined;
  }
}
