// Checked expressions as clauses and noun phrases. Expressions that would be unreadable as prose stay source code, and
// so do names, which a note explains once. A clause is equivalent to its expression in all three truth values: `not`
// is moved inwards by laws that preserve them.

import {
  type ApplyExpr,
  type Binding,
  type CompareExpr,
  type Expr,
  findAffirmative,
  findRole,
  type IfExpr,
  type InWindowExpr,
  type JunctionExpr,
  type LookupExpr,
  type QuantifierExpr,
  type ReadExpr,
  spellPath,
} from '@nhipol/language/model';
import {
  type Comparison,
  flippedComparisons,
  negatedComparisons,
  type Value,
} from '@nhipol/language/types';
import { createInlineCode, joinAsList, joinPhrases, type Phrase, say } from '../pages/phrase.ts';
import type { SourceTexts } from '../source-texts.ts';
import { describeBuiltin } from './builtins.ts';
import { describeField, describeHistoryTest } from './history.ts';
import { aggregates, describeComparison, languages } from './operators.ts';
import { describeWindow } from './windows.ts';
import { describeTypedValue } from './words.ts';

/** An explanation of a name in a clause. */
export interface Note {
  readonly name: string;
  readonly meaning: Phrase;
}

/** Larger sets are shown by their name, if they have one. */
const maxElements = 4;

/** Renders the clauses of one rule and collects their notes. */
export class English {
  readonly #sources: SourceTexts;
  readonly #notes = new Map<string, Note>();

  constructor(sources: SourceTexts) {
    this.#sources = sources;
  }

  get notes(): readonly Note[] {
    return [...this.#notes.values()];
  }

  /** Returns the clauses of a condition, all of which must be true; none if it is always true. */
  conditions(expr: Expr): readonly Phrase[] {
    if (expr.kind === 'And') return expr.operands.flatMap((operand) => this.conditions(operand));
    if (expr.kind === 'Constant' && expr.value === true) return [];
    return [this.clause(expr)];
  }

  /** Returns a clause that a Bool is true or, with `holds` false, that it is false. */
  clause(expr: Expr, holds = true, depth = 0): Phrase {
    switch (expr.kind) {
      case 'Constant':
        return [expr.value === holds ? 'always' : 'never'];
      case 'And':
      case 'Or':
        return this.#junction(expr, holds, depth);
      case 'Not':
        return this.clause(expr.operand, !holds, depth);
      case 'Compare':
        return this.#comparison(expr, holds);
      case 'Apply':
        return this.#relation(expr, holds);
      case 'InWindow':
        return this.#inWindow(expr, holds);
      case 'Presence':
        return say`${readWords(expr.operand)} is ${expr.present === holds ? 'present' : 'missing'}`;
      case 'Known':
        return this.#describeKnown(expr.operand, holds);
      case 'Quantifier':
        return this.#quantifier(expr, holds, depth);
      case 'If':
        return this.#choice(expr, (branch) => this.clause(branch, holds, depth + 1), depth);
      case 'Else':
        return this.#fallback(expr.value, expr.fallback, holds, depth);
      case 'Binding':
        return this.#nameBinding(expr.binding, expr, holds);
      case 'History':
        return describeHistoryTest(
          expr,
          holds,
          (condition) => this.clause(condition, true, 1),
          (value) => this.value(value),
        );
      default:
        expr.kind satisfies
          | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Age' | 'Calendar')
          | ('Aggregate' | 'Set');
        return say`${this.value(expr)} is ${holds ? 'true' : 'false'}`;
    }
  }

  /** Returns the value of an expression as a noun phrase. */
  value(expr: Expr): Phrase {
    switch (expr.kind) {
      case 'Constant':
        return this.#constant(expr, expr.value);
      case 'Read':
        return readWords(expr);
      case 'Selector':
        return [createInlineCode(expr.which)];
      case 'Now':
        return ['the current time'];
      case 'Variable':
        return [createInlineCode(expr.variable.name)];
      case 'Binding':
        return this.#bound(expr.binding, expr);
      case 'Lookup':
        return say`the value of ${createInlineCode(expr.table.name)} for ${this.#keys(expr)}`;
      case 'Age':
        return say`the age of ${this.value(expr.of)}`;
      case 'Calendar': {
        const field = expr.field === 'weekday' ? 'the weekday' : 'the time of day';
        return say`${field} of ${this.value(expr.of)} in ${expr.zone.name}`;
      }
      case 'Apply':
        return this.#describeCall(expr);
      case 'Set':
        return expr.elements.length === 0
          ? ['the empty set']
          : joinAsList(expr.elements.map((element) => this.value(element)));
      case 'If':
        return this.#choice(expr, (branch) => this.value(branch), 0);
      case 'Else':
        return say`${this.value(expr.value)} (if unknown, ${this.value(expr.fallback)})`;
      case 'Aggregate': {
        const every = say`${this.value(expr.body)} of every ${createInlineCode(expr.variable.name)} in ${this.value(expr.collection)}`;
        const all = say`${aggregates[expr.form]} ${every}`;
        const { condition } = expr;
        return condition === undefined
          ? all
          : say`${all} for which ${this.clause(condition, true, 1)}`;
      }
      case 'History':
        return expr.term.form === 'last'
          ? describeField(expr.term, (condition) => this.clause(condition, true, 1))
          : this.#source(expr);
      default:
        expr.kind satisfies
          | ('Compare' | 'InWindow' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
          | 'Quantifier';
        return this.#source(expr);
    }
  }

  #source(expr: Expr): Phrase {
    return [createInlineCode(this.#sources.expr(expr.span))];
  }

  /** Returns a constant, a long set by its name. */
  #constant(expr: Expr, value: Value): Phrase {
    const text = this.#sources.expr(expr.span);
    const isLong = Array.isArray(value) && value.length > maxElements;
    return isLong && /^\w+$/.test(text)
      ? [createInlineCode(text)]
      : describeTypedValue(expr.type, value);
  }

  // --- names --------------------------------------------------------------------------------------

  #bound(binding: Binding, at: Expr): Phrase {
    const { value } = binding;
    if (value.kind === 'Binding') return this.#bound(value.binding, at);
    if (isShort(value)) return this.value(value);
    const name = this.#sources.expr(at.span);
    this.#note(name, binding, () => this.value(value));
    return [createInlineCode(name)];
  }

  #nameBinding(binding: Binding, at: Expr, holds: boolean): Phrase {
    const { value } = binding;
    if (isShort(value)) return this.clause(value, holds);
    const name = this.#sources.expr(at.span);
    this.#note(name, binding, () => this.clause(value));
    return say`${createInlineCode(name)} is ${holds ? 'true' : 'false'}`;
  }

  /** Adds a note. Notes are in the order in which their names occur. */
  #note(name: string, binding: Binding, meaning: () => Phrase): void {
    if (this.#notes.has(name)) return;
    this.#notes.set(name, { name, meaning: [] });
    const text =
      binding.value.type.kind === 'Bool' ? say`means that ${meaning()}` : say`is ${meaning()}`;
    this.#notes.set(name, { name, meaning: text });
  }

  // --- truth --------------------------------------------------------------------------------------

  #junction(expr: JunctionExpr, holds: boolean, depth: number): Phrase {
    const [first, second] = expr.operands;
    const implies =
      expr.operands.length === 2 && first?.kind === 'Not' && first.span === first.operand.span;
    if (implies && second !== undefined && depth === 0) {
      const premise = this.clause(first.operand, true, 1);
      return holds
        ? say`if ${premise}, then ${this.clause(second, true, 1)}`
        : say`${premise}, but ${this.clause(second, false, 1)}`;
    }
    if (depth > 1) return this.#asSource(expr, holds);
    const all = (expr.kind === 'And') === holds;
    const parts = expr.operands.map((operand) => this.clause(operand, holds, depth + 1));
    const list = joinAsList(parts, all ? 'and' : 'or');
    if (depth === 0) return all || parts.length === 1 ? list : say`either ${list}`;
    if (!all) return say`either ${list}`;
    return parts.length === 2 ? say`both ${list}` : say`all of: ${list}`;
  }

  #asSource(expr: Expr, holds: boolean): Phrase {
    return say`${this.#source(expr)} is ${holds ? 'true' : 'false'}`;
  }

  #describeKnown(operand: Expr, holds: boolean): Phrase {
    const inner = operand.kind === 'Binding' ? operand.binding.value : operand;
    if (inner.kind === 'Lookup') {
      return say`${createInlineCode(inner.table.name)} ${holds ? 'contains' : 'does not contain'} ${this.#keys(inner)}`;
    }
    if (inner.kind === 'InWindow') return this.#asSource(operand, holds);
    return say`${this.value(operand)} is ${holds ? 'known' : 'unknown'}`;
  }

  #quantifier(expr: QuantifierExpr, holds: boolean, depth: number): Phrase {
    if (depth > 1) return this.#asSource(expr, holds);
    const some = expr.quantifier === 'any';
    const variable = createInlineCode(expr.variable.name);
    const among = this.value(expr.collection);
    const body = (bodyHolds: boolean) => this.clause(expr.body, bodyHolds, depth + 1);
    if (some && !holds) return say`for no ${variable} in ${among}, ${body(true)}`;
    if (some || !holds) return say`for at least one ${variable} in ${among}, ${body(holds)}`;
    return say`for every ${variable} in ${among}, ${body(true)}`;
  }

  #choice(expr: IfExpr, branch: (expr: Expr) => Phrase, depth: number): Phrase {
    const condition = this.clause(expr.condition, true, depth + 1);
    return say`${branch(expr.then)} (if ${condition}; otherwise ${branch(expr.else)})`;
  }

  #fallback(value: Expr, fallback: Expr, holds: boolean, depth: number): Phrase {
    const main = this.clause(value, holds, depth + 1);
    if (fallback.kind === 'Constant') {
      return fallback.value === holds ? say`${main}, or this is unknown` : say`${main} for certain`;
    }
    return say`${main} (if unknown: ${this.clause(fallback, holds, depth + 1)})`;
  }

  // --- comparisons --------------------------------------------------------------------------------

  #comparison(expr: CompareExpr, holds: boolean): Phrase {
    const { left, right } = expr;
    const operator = holds ? expr.operator : negatedComparisons[expr.operator];
    if (operator === 'is' && left === right) return say`${this.value(left)} is known`;
    if (left.kind === 'Now') return this.#withNow(operator, right);
    if (right.kind === 'Now') return this.#withNow(flippedComparisons[operator], left);
    return say`${this.value(left)} ${describeComparison(operator, left.type)} ${this.value(right)}`;
  }

  #withNow(operator: Comparison, instant: Expr): Phrase {
    const then = this.value(instant);
    switch (operator) {
      case '>=':
        return say`${then} has passed`;
      case '<':
        return say`${then} has not passed yet`;
      case '>':
        return say`${then} is in the past`;
      case '<=':
        return say`${then} is not in the past`;
      default:
        operator satisfies 'is' | 'is not';
        return say`the current time ${operator} ${then}`;
    }
  }

  #inWindow({ window, of }: InWindowExpr, holds: boolean): Phrase {
    const isDeclared = this.#sources.hasWindow(window.name);
    const when: Phrase = isDeclared
      ? say`${createInlineCode(window.name)}`
      : [`“${describeWindow(window)}”`];
    const inside = holds ? 'within' : 'outside';
    return of.kind === 'Now'
      ? say`it is ${inside} ${when}`
      : say`${this.value(of)} is ${inside} ${when}`;
  }

  #relation(expr: ApplyExpr, holds: boolean): Phrase {
    const [left, right] = expr.args;
    const wording = describeBuiltin(expr.builtin.name);
    if (left === undefined) return this.#asSource(expr, holds);
    if (wording === 'pattern') return this.#match(expr, left, holds);
    if (wording === 'source' || !('relation' in wording) || right === undefined)
      return this.#asSource(expr, holds);
    const { relation } = wording;
    const isWithin = findRole(expr) === 'subset' && findAffirmative(expr) === undefined;
    if (isWithin && holds && left === right) return say`${this.value(left)} is known`;
    const listing = relation.listing && listElements(right);
    if (listing && listing.length <= maxElements) {
      const [one, several] = relation.listing[holds ? 'holds' : 'fails'];
      const options = listing.map((element) => this.value(element));
      return say`${this.value(left)} ${listing.length === 1 ? one : several} ${joinAsList(options, relation.listing?.last)}`;
    }
    return say`${this.value(left)} ${relation[holds ? 'holds' : 'fails']} ${this.value(right)}`;
  }

  #match(expr: ApplyExpr, operand: Expr, holds: boolean): Phrase {
    const { pattern } = expr.builtin;
    if (pattern === undefined) return this.#asSource(expr, holds);
    const { language, text, separator, ignoringCase, searches } = pattern.source;
    const separated =
      language === 'glob' && separator !== '/'
        ? say`, with segments separated by ${createInlineCode(separator)}`
        : [];
    const folded = ignoringCase ? ', ignoring case' : '';
    if (searches) {
      const contains = holds ? 'contains' : 'does not contain';
      return say`${this.value(operand)} ${contains} a match of the ${languages[language]} ${createInlineCode(text)}`;
    }
    const verb = holds ? 'matches' : 'does not match';
    return say`${this.value(operand)} ${verb} the ${languages[language]} ${createInlineCode(text)}${separated}${folded}`;
  }

  #describeCall(expr: ApplyExpr): Phrase {
    const wording = describeBuiltin(expr.builtin.name);
    if (typeof wording === 'string' || 'relation' in wording) return this.#source(expr);
    const [first, second] = expr.args;
    if ('phrase' in wording) {
      const [left = [], right = []] = expr.args.map((arg) => this.value(arg));
      return wording.phrase(left, right);
    }
    if (first === undefined || second === undefined) return this.#source(expr);
    return say`${this.#operand(first)} ${wording.operator} ${this.#operand(second)}`;
  }

  #operand(expr: Expr): Phrase {
    const wording = expr.kind === 'Apply' ? describeBuiltin(expr.builtin.name) : 'source';
    const isComputed = typeof wording !== 'string' && 'operator' in wording;
    return isComputed ? say`(${this.value(expr)})` : this.value(expr);
  }

  #keys({ keys }: LookupExpr): Phrase {
    return joinPhrases(
      keys.map((key) => this.value(key)),
      ' and ',
    );
  }
}

function readWords(read: ReadExpr): Phrase {
  const path = createInlineCode(spellPath(read));
  const from = typeof read.from === 'string' ? undefined : createInlineCode(read.from.name);
  const named =
    from === undefined
      ? path
      : createInlineCode(spellPath({ ...read, from: 'subject' }).replace(/^subject/, from.code));
  return read.latest ? say`${named} (the latest value, regardless of its age)` : [named];
}

/** Whether an expression is as short as a name. */
function isShort(expr: Expr): boolean {
  if (expr.kind === 'Binding') return isShort(expr.binding.value);
  return ['Read', 'Selector', 'Constant', 'Now', 'Variable'].includes(expr.kind);
}

/** Returns the elements of a literal set as expressions. */
function listElements(expr: Expr): readonly Expr[] | undefined {
  if (expr.kind === 'Binding') return listElements(expr.binding.value);
  if (expr.kind === 'Set') return expr.elements.length === 0 ? undefined : expr.elements;
  if (expr.kind !== 'Constant' || !Array.isArray(expr.value)) return undefined;
  const { type, span } = expr;
  if ((type.kind !== 'Set' && type.kind !== 'List') || expr.value.length === 0) return undefined;
  const elements = expr.value as readonly Value[];
  return elements.map((value) => ({ kind: 'Constant', value, type: type.element, span }));
}
