// Types expressions: converts syntax to the checked model. Every visit returns a typed expression,
// or undefined after a report, so that each error is reported once.

import { proposeReplacement } from '../../diagnostics/fix.ts';
import { findSigns } from '../../model/builtins.ts';
import { comparesParts, convertToComparable } from '../../model/comparable.ts';
import {
  asText,
  createInterpolation,
  isInterpolation,
  isShowable,
  listInterpolationParts,
} from '../../model/interpolation.ts';
import type {
  CalendarField,
  Comparison,
  EntryStep,
  Expr,
  JunctionExpr,
  QuantifierExpr,
  Table,
  Variable,
} from '../../model/model.ts';
import { spellPath } from '../../model/reads.ts';
import { findSecret } from '../../model/secrets.ts';
import { hasAllItems } from '../../support/all-there.ts';
import { throwUnreachable } from '../../support/invariant.ts';
import type { Span } from '../../support/source.ts';
import type {
  AggregateNode,
  BinaryNode,
  CallNode,
  ExprNode,
  FunctionNode,
  IndexNode,
  InterpolationNode,
  LookupNode,
  MatchNode,
  NameNode,
  QuantifierNode,
  StringNode,
  WindowNode,
} from '../../syntax/ast.ts';
import { isAggregable } from '../../types/aggregates.ts';
import { builtins, functionNames, isFunction } from '../../types/builtins/index.ts';
import { findRootProblem } from '../../types/paths.ts';
import type { Pattern } from '../../types/patterns/pattern.ts';
import { fieldTypes } from '../../types/time/fields.ts';
import {
  bool,
  cidr,
  decimal,
  duration,
  int,
  ip,
  isCollection,
  isEquatable,
  isOrdered,
  isSameType,
  makeSetType,
  removeRange,
  type SetType,
  string,
  type Type,
  timestamp,
  typeName,
} from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { Histories } from '../history/history.ts';
import { splitPathNames } from '../paths.ts';
import { relateDeclaration, relateMembers } from '../related.ts';
import { withoutSecretEdge } from '../rules/secrecy.ts';
import { checkLocalName } from '../shadowing.ts';
import {
  compareField,
  compareFieldSet,
  isField,
  negateCondition,
  resolveWindow,
  resolveZone,
  selectKnowable,
} from './calendar.ts';
import { reportDecided } from './constant-comparisons.ts';
import { checkIntLiteral, explainConversion, explainConversions } from './conversion.ts';
import type { Env } from './env.ts';
import {
  isNull,
  reportBraces,
  reportData,
  reportForeignCall,
  reportMembership,
  reportNull,
} from './foreign.ts';
import { asLast } from './last.ts';
import { NameResolver } from './names.ts';
import { asRead, makeConstant } from './parts.ts';
import { findPlaceholder } from './placeholders.ts';
import { isClockFree, isTraceable, mayBeInWindow } from './time.ts';
import { relateType } from './typed-by.ts';

export class ExpressionChecker {
  readonly #context: Context;
  readonly #declarations: Declarations;
  readonly #env: Env;
  readonly #names: NameResolver;
  readonly #histories: Histories;

  constructor(context: Context, declarations: Declarations, env: Env) {
    this.#context = context;
    this.#declarations = declarations;
    this.#env = env;
    this.#names = new NameResolver(context, declarations, env, {
      infer: (node) => this.infer(node),
      apply: (name, args, span) => this.#apply(name, args, span),
    });
    this.#histories = new Histories(
      context,
      declarations,
      env,
      (other) => new ExpressionChecker(context, declarations, other),
    );
  }

  /** Checks an expression that must have one of two types. */
  expect(node: ExprNode, type: Type, or: Type = type): Expr | undefined {
    if (node.kind === 'Set' && type.kind === 'Bool' && node.elements.length > 0) {
      reportBraces(this.#context, node);
      const [only, ...others] = node.elements as [ExprNode, ...ExprNode[]];
      if (others.length === 0) this.expect(only, bool);
      else for (const element of node.elements) this.infer(element);
      return undefined;
    }
    const expr = this.value(node, type);
    if (expr === undefined || isSameType(expr.type, type) || isSameType(expr.type, or)) return expr;
    this.#context.reporter.report(
      'wrong-type',
      node.span,
      { expected: typeName(type), found: typeName(expr.type) },
      { related: relateType(this.#context, node, expr), ...explainConversion(type, expr) },
    );
    return undefined;
  }

  /** Checks an expression that must have a value, which a record does not. */
  value(node: ExprNode, expected?: Type): Expr | undefined {
    const expr = this.infer(node, expected);
    if (expr !== undefined && expr.type.kind === 'Record') {
      const related = relateType(this.#context, node, expr);
      this.#context.reporter.report('not-a-value', node.span, { what: 'a record' }, { related });
      return undefined;
    }
    return expr;
  }

  hasTime(what: string, span: Span): boolean {
    return this.#names.hasTime(what, span);
  }

  infer(node: ExprNode, expected?: Type): Expr | undefined {
    const expr = this.#inferNode(node, expected);
    if (expr !== undefined) this.#context.notes?.set(node, expr);
    return expr;
  }

  #inferNode(node: ExprNode, expected?: Type): Expr | undefined {
    const { span } = node;
    switch (node.kind) {
      case 'Bool':
        return makeConstant(node.value, bool, span);
      case 'Int':
        return checkIntLiteral(this.#context, node, expected);
      case 'Decimal':
        return makeConstant(node.millionths, decimal, span);
      case 'Duration':
        return makeConstant(node.milliseconds, duration, span);
      case 'Timestamp':
        return makeConstant(node.milliseconds, timestamp, span);
      case 'Address':
        return makeConstant(node.value, node.type === 'Ip' ? ip : cidr, span);
      case 'String':
        this.#reportLiteralBraces(node);
        return this.#names.text(node.value, span, expected);
      case 'Interpolation':
        return this.#interpolation(node);
      case 'Reference':
        return this.#names.reference(node, expected);
      case 'Access':
        return this.#names.access(node);
      case 'Lookup':
        return this.#lookup(node);
      case 'Index':
        return this.#entry(node.object, node);
      case 'Call':
        return this.#call(node);
      case 'Unary':
        return node.operator === 'not'
          ? this.#not(node.operand, span)
          : this.#apply('negate', [this.value(node.operand)], span);
      case 'Binary':
        return this.#binary(node, expected);
      case 'Presence':
        return this.#presence(node.operand, node.present, span);
      case 'Match':
        return this.#match(node);
      case 'Quantifier':
        return this.#quantifier(node);
      case 'Aggregate':
        return this.#aggregate(node);
      case 'If': {
        const condition = this.expect(node.condition, bool);
        const [then, otherwise] = this.#pair(node.then, node.else, expected);
        if (condition === undefined || then === undefined || otherwise === undefined)
          return undefined;
        if (!this.#same(then, otherwise, node.then, node.else)) return undefined;
        return this.#steady({
          kind: 'If',
          condition,
          then,
          else: otherwise,
          type: removeRange(then.type),
          span,
        });
      }
      case 'Set':
        return this.#set(node.elements, span, expected);
      case 'History':
        return this.#histories.term(node);
      default:
        return throwUnreachable(node);
    }
  }

  // --- strings with placeholders -------------------------------------------------------------------

  #interpolation(node: InterpolationNode): Expr | undefined {
    const parts = node.parts.map((part): Expr | undefined => {
      if (part.kind === 'String') return makeConstant(part.value, string, part.span);
      const expr = this.value(part);
      if (expr === undefined) return undefined;
      if (isShowable(expr.type)) return asText(expr);
      const found = typeName(expr.type);
      const help =
        'a placeholder takes a string, a SPIFFE ID, a whole number, a `Bool` or an enum member';
      this.#context.reporter.report(
        'wrong-type',
        part.span,
        { expected: 'a value that can be written in a string', found },
        { help, related: relateType(this.#context, part, expr) },
      );
      return undefined;
    });
    if (!hasAllItems(parts)) return undefined;
    const [only, ...others] = listInterpolationParts(parts);
    if (only === undefined) return makeConstant('', string, node.span);
    return others.length === 0 && only.kind === 'Constant'
      ? { ...only, span: node.span }
      : this.#steady(createInterpolation(parts, node.span));
  }

  #isValueName(word: string, { file }: Span): boolean {
    const declared = this.#context.find(word, file)?.kind;
    return this.#env.locals.has(word) || declared === 'Const' || declared === 'Let';
  }

  /** Reports a string without placeholders that looks as if it had some. */
  #reportLiteralBraces({ value, span }: StringNode): void {
    const placeholder = findPlaceholder(value, (word) => this.#isValueName(word, span));
    if (placeholder !== undefined)
      this.#context.reporter.report('literal-braces', span, { placeholder: placeholder });
  }

  /**
   * Reports a comparison of two strings with placeholders, which would have to be built before they
   * are compared.
   */
  #reportTwoInterpolations(left: Expr | undefined, right: Expr | undefined): boolean {
    if (left === undefined || right === undefined) return false;
    if (!isInterpolation(left) || !isInterpolation(right)) return false;
    const problem = 'both sides of the comparison have placeholders';
    const help = 'compare the parts, such as `a.team is b.team and a.name is b.name`';
    this.#context.reporter.report('bad-placeholder', right.span, { problem }, { help });
    return true;
  }

  // --- calls and tables --------------------------------------------------------------------------

  #lookup(node: LookupNode): Expr | undefined {
    if (node.data !== undefined) reportData(this.#context, node.data);
    const { text, span } = node.table;
    const declared = this.#context.find(text, node.span.file);
    if (this.#env.locals.has(text) || declared?.kind === 'Let')
      return this.#entry({ kind: 'Reference', name: text, span }, node);
    if (declared?.kind !== 'Table') {
      const tables = [...this.#context.listVisibleNames(node.span.file)].filter(
        ([, d]) => d.kind === 'Table',
      );
      this.#context.unknown(
        'unknown-table',
        node.table,
        tables.map(([name]) => name),
      );
      return undefined;
    }
    const table: Table | undefined = this.#declarations.table(declared);
    if (table === undefined) return undefined;
    if (table.keys.length !== node.keys.length) {
      this.#context.reporter.report(
        'wrong-arity',
        node.span,
        { name: table.name, expected: table.keys.length, found: node.keys.length },
        { related: relateDeclaration(table.span) },
      );
      return undefined;
    }
    const keys = node.keys.map((key, index) => this.expect(key, table.keys[index] as Type));
    if (!hasAllItems(keys)) return undefined;
    return this.#steady({ kind: 'Lookup', table, keys, type: table.value, span: node.span });
  }

  /** The value of a map for a key. */
  #entry(object: ExprNode, { keys, span }: LookupNode | IndexNode): Expr | undefined {
    const map = this.infer(object);
    const read = map && asRead(map);
    if (map === undefined) return undefined;
    if (map.type.kind !== 'Map' || read === undefined) {
      const isMap = map.type.kind === 'Map';
      const found = isMap ? 'a computed map' : `\`${typeName(map.type)}\``;
      const related = relateType(this.#context, object, map);
      this.#context.reporter.report('lookup-needs-table', object.span, { found }, { related });
      return undefined;
    }
    const [keyNode, ...others] = keys;
    if (keyNode === undefined || others.length > 0) {
      const name = spellPath(read);
      const params = { name, expected: 1, found: keys.length };
      this.#context.reporter.report('wrong-arity', span, params);
      return undefined;
    }
    const key = this.expect(keyNode, string);
    if (key === undefined) return undefined;
    const { value: type, element } = map.type;
    const step: EntryStep = {
      name: 'value',
      type,
      key,
      span: element.span,
      optional: true,
      secret: false,
      fresh: undefined,
      default: undefined,
    };
    return this.#steady({ ...read, members: [...read.members, step], type, span });
  }

  #call(node: CallNode): Expr | undefined {
    const name = node.callee.text;
    const declared = this.#context.find(name, node.span.file);
    if (declared?.kind === 'Function') return this.#checkFunctionCall(node, declared);
    if (isField(name)) return this.#calendar(name, node);
    const special = ['known', 'latest', 'age'].includes(name);
    if (!special && !isFunction(name)) {
      const types = () => node.args.map((arg) => this.infer(arg)?.type);
      if (reportForeignCall(this.#context, node, types)) return undefined;
      this.#context.unknown('unknown-function', node.callee, [
        ...functionNames,
        'known',
        'latest',
        'age',
        'weekday',
        'time_of_day',
        ...[...this.#context.listVisibleNames(node.span.file)]
          .filter(([, d]) => d.kind === 'Function')
          .map(([known]) => known),
      ]);
      return undefined;
    }
    const [argument] = node.args;
    if (argument === undefined || node.args.length !== 1) {
      this.#context.reporter.report('wrong-arity', node.span, {
        name,
        expected: 1,
        found: node.args.length,
      });
      return undefined;
    }
    if (!special) return this.#apply(name, [this.value(argument)], node.span);
    if (name === 'age') return this.#age(argument, node.span);
    const operand = this.infer(argument);
    if (operand === undefined) return undefined;
    const read = asRead(operand);
    if (name === 'known') {
      const knowableOperand = read ?? asLast(operand) ?? selectKnowable(operand);
      return { kind: 'Known', operand: knowableOperand, type: bool, span: node.span };
    }
    if (read === undefined || read.members.length === 0) {
      this.#context.reporter.report('bad-latest', argument.span, {});
      return undefined;
    }
    return { ...read, latest: true, span: node.span };
  }

  /** Checks a call of a predicate or function of the policy. */
  #checkFunctionCall(node: CallNode, declared: FunctionNode): Expr | undefined {
    if (this.#env.outside) {
      this.#context.reporter.report('not-constant', node.span, { what: 'this' });
      return undefined;
    }
    return this.#declarations.functions.call(this.#context, node, declared, (argument, type) =>
      this.infer(argument, type),
    );
  }

  #age(argument: ExprNode, span: Span): Expr | undefined {
    const of = this.expect(argument, timestamp);
    if (of === undefined || !this.#names.hasTime('`age`', span)) return undefined;
    return this.#requireTraceable({ kind: 'Age', of, type: duration, span }, isClockFree(of));
  }

  #calendar(field: CalendarField, node: CallNode): Expr | undefined {
    const [instant, name] = node.args;
    if (instant === undefined || name === undefined || node.args.length !== 2) {
      this.#context.reporter.report('wrong-arity', node.span, {
        name: field,
        expected: 2,
        found: node.args.length,
      });
      return undefined;
    }
    const of = this.expect(instant, timestamp);
    const zone = resolveZone(this.#context, name);
    if (of === undefined || zone === undefined) return undefined;
    const { span } = node;
    return this.#requireTraceable(
      { kind: 'Calendar', field, zone, of, type: fieldTypes[field], span },
      mayBeInWindow(of),
    );
  }

  #windowNamed(node: ExprNode): WindowNode | undefined {
    const local = node.kind === 'Reference' && this.#env.locals.has(node.name);
    return local ? undefined : resolveWindow(this.#context, node);
  }

  #inWindow(node: BinaryNode, declared: WindowNode): Expr | undefined {
    const of = this.value(node.left);
    const window = this.#declarations.window(declared);
    if (of === undefined || window === undefined) return undefined;
    if (of.type.kind !== 'Timestamp') {
      const related = [
        ...relateType(this.#context, node.left, of),
        { span: declared.name.span, message: 'the window' },
      ];
      const type = typeName(of.type);
      this.#context.reporter.report('not-a-window', node.left.span, { type }, { related });
      return undefined;
    }
    const { span } = node;
    return this.#requireTraceable(
      { kind: 'InWindow', window, of, type: bool, span },
      mayBeInWindow(of),
    );
  }

  // --- operators ---------------------------------------------------------------------------------

  #not(operand: ExprNode, span: Span): Expr | undefined {
    const checked = this.expect(operand, bool);
    return checked && { kind: 'Not', operand: checked, type: bool, span };
  }

  #binary(node: BinaryNode, expected: Type | undefined): Expr | undefined {
    const { operator, span } = node;
    switch (operator) {
      case 'and':
      case 'or':
        return this.#junction(operator === 'and' ? 'And' : 'Or', node);
      case 'implies': {
        const [left, right] = [this.expect(node.left, bool), this.expect(node.right, bool)];
        if (left === undefined || right === undefined) return undefined;
        const not: Expr = { kind: 'Not', operand: left, type: bool, span: node.left.span };
        return { kind: 'Or', operands: [not, right], type: bool, span };
      }
      case 'is':
      case 'is not':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(operator, node);
      case 'else': {
        const [value, fallback] = this.#pair(node.left, node.right, expected);
        if (
          value === undefined ||
          fallback === undefined ||
          !this.#same(value, fallback, node.left, node.right)
        )
          return undefined;
        return this.#steady({ kind: 'Else', value, fallback, type: removeRange(value.type), span });
      }
      case 'in':
      case 'not in':
        return this.#membership(node);
      case '*':
      case '/': {
        // An Int literal stays an Int, which can also multiply a Decimal.
        const right = this.value(node.right);
        const byDecimal = right?.type.kind === 'Decimal';
        const expectedLeft = !byDecimal ? expected : operator === '/' ? right.type : undefined;
        return this.#apply(operator, [this.value(node.left, expectedLeft), right], span);
      }
      case 'within':
      case 'not within':
      case 'intersects': {
        const [left, right] = this.#pair(node.left, node.right, undefined, asSet);
        return this.#apply(operator, [left, right], span);
      }
      case 'under':
        return this.#under(node);
      default: {
        operator satisfies
          | ('+' | '-' | 'union' | 'intersect' | 'minus' | 'starts_with' | 'ends_with')
          | 'contains';
        const [left, right] = this.#pair(node.left, node.right, expected, widenEnum);
        return this.#apply(operator, [left, right], span);
      }
    }
  }

  #under(node: BinaryNode): Expr | undefined {
    const [path, root] = this.#pair(node.left, node.right, undefined);
    const problem =
      root?.kind === 'Constant' && root.type.kind === 'String'
        ? findRootProblem(root.value as string)
        : undefined;
    if (problem !== undefined) {
      this.#context.reporter.report('bad-root', node.right.span, { problem });
      return undefined;
    }
    return this.#apply('under', [path, root], node.span);
  }

  /** `a and b and c` becomes one junction with three operands. */
  #junction(kind: 'And' | 'Or', node: BinaryNode): Expr | undefined {
    const nodes: ExprNode[] = [];
    let left: ExprNode = node;
    while (left.kind === 'Binary' && left.operator === node.operator) {
      nodes.unshift(left.right);
      left = left.left;
    }
    const operands = [left, ...nodes].map((operand) => this.expect(operand, bool));
    if (!hasAllItems(operands)) return undefined;
    return { kind, operands, type: bool, span: node.span } satisfies JunctionExpr;
  }

  #compare(operator: Comparison, node: BinaryNode): Expr | undefined {
    if ((operator === 'is' || operator === 'is not') && this.#isNull(node)) {
      reportNull(this.#context, operator, node.left, node.right);
      return undefined;
    }
    const counted = this.#histories.checkComparison(operator, node.left, node.right, node.span);
    if (counted !== undefined) return counted.expr;
    const [left, right] = this.#pair(node.left, node.right, undefined);
    if (
      left === undefined ||
      right === undefined ||
      !this.#same(left, right, node.left, node.right)
    )
      return undefined;
    const equality = operator === 'is' || operator === 'is not';
    if (equality && !isEquatable(left.type)) {
      const related = relateType(this.#context, node.left, left);
      const type = typeName(left.type);
      this.#context.reporter.report('not-comparable', node.span, { type }, { related });
      return undefined;
    }
    if (!equality && !isOrdered(left.type)) {
      const related =
        left.type.kind === 'Enum'
          ? [relateMembers(left.type.span, left.type.members)]
          : relateType(this.#context, node.left, left);
      const type = typeName(left.type);
      this.#context.reporter.report('not-ordered', node.span, { type }, { related });
      return undefined;
    }
    if (this.#reportTwoInterpolations(left, right)) return undefined;
    reportDecided(this.#context, operator, left, right, node);
    const clocked = compareField(operator, left, right, node.span);
    if (clocked !== undefined) return clocked;
    const operands = {
      left: convertToComparable('is', left),
      right: convertToComparable('is', right),
    };
    return this.#requireTraceable(
      { kind: 'Compare', operator, ...operands, type: bool, span: node.span },
      isTraceable(left, right),
    );
  }

  /** Reports `ip in "10.0.0.0/8"`. */
  #isNetworkText(node: ExprNode): boolean {
    if (node.kind !== 'String' || !/^[0-9a-fA-F.:]+\/\d+$/.test(node.value)) return false;
    const extra = {
      help: 'a network is written without quotes: `10.0.0.0/8`',
      fix: proposeReplacement(node.span, node.value),
    };
    const params = { expected: 'Cidr', found: 'String' };
    this.#context.reporter.report('wrong-type', node.span, params, extra);
    return true;
  }

  /** Whether the right side is `null` and no declaration or enum member has that name. */
  #isNull({ left, right }: BinaryNode): boolean {
    if (right.kind !== 'Reference' || !isNull(right)) return false;
    if (this.#isKnown(right.name, right.span.file)) return false;
    const type = this.infer(left)?.type;
    return type?.kind !== 'Enum' || !type.members.includes(right.name);
  }

  #isKnown(name: string, file: string): boolean {
    return this.#env.locals.has(name) || this.#context.find(name, file) !== undefined;
  }

  #membership(node: BinaryNode): Expr | undefined {
    const declared = this.#windowNamed(node.right);
    if (declared !== undefined) return applyNotOperator(node, this.#inWindow(node, declared));
    const bare =
      !this.#names.meansItself(node.left) ||
      (isTypedByOther(node.left) && node.right.kind !== 'Set');
    const left = bare ? undefined : this.value(node.left);
    if (!bare && left === undefined) return undefined;
    if (node.left.kind === 'String' && splitPathNames(node.right) !== undefined) {
      const inner = this.infer(node.right);
      const isRecord = inner?.type.kind === 'Record';
      if (isRecord && reportMembership(this.#context, node.left, node.right, node.span))
        return undefined;
    }
    const right = this.value(
      node.right,
      left && ({ kind: 'Set', element: left.type } satisfies SetType),
    );
    if (right === undefined) return undefined;
    if (right.type.kind === 'Map') {
      reportMembership(this.#context, node.left, node.right, node.span, true);
      return undefined;
    }
    if (left?.type.kind === 'Ip' && this.#isNetworkText(node.right)) return undefined;
    const element =
      right.type.kind === 'Set' || right.type.kind === 'List' ? right.type.element : undefined;
    const within = left && compareFieldSet(left, right, node.span);
    if (within !== undefined) return applyNotOperator(node, within);
    return this.#apply(node.operator, [left ?? this.value(node.left, element), right], node.span);
  }

  /**
   * Types two operands of one type: an enum member gets its enum from the other side, and an Int
   * literal becomes a Decimal if the other side is one. `expectedOther` maps the type of one
   * side to the type expected of the other.
   */
  #pair(
    first: ExprNode,
    second: ExprNode,
    expected: Type | undefined,
    expectedOther: (type: Type) => Type = (type) => type,
  ): readonly [Expr | undefined, Expr | undefined] {
    if (this.#names.meansItself(first) && !isTypedByOther(first)) {
      const left = this.value(first, expected);
      return [left, left === undefined ? undefined : this.value(second, expectedOther(left.type))];
    }
    const right = this.value(second, expected);
    return [right === undefined ? undefined : this.value(first, expectedOther(right.type)), right];
  }

  #same(left: Expr, right: Expr, leftNode: ExprNode, rightNode: ExprNode): boolean {
    if (isSameType(left.type, right.type)) return true;
    const related = [
      ...relateType(this.#context, leftNode, left),
      ...relateType(this.#context, rightNode, right),
    ];
    this.#context.reporter.report(
      'wrong-type',
      rightNode.span,
      { expected: typeName(left.type), found: typeName(right.type) },
      { related, ...explainConversions([left, right]) },
    );
    return false;
  }

  #match(node: MatchNode): Expr | undefined {
    const { patterns, reporter } = this.#context;
    const placeholder = findPlaceholder(node.pattern.text, (word) =>
      this.#isValueName(word, node.span),
    );
    if (placeholder !== undefined) {
      const { language } = node.pattern;
      this.#context.reporter.report(
        'pattern-placeholder',
        node.pattern.span,
        { placeholder, language },
        { help: explainPattern(node.pattern.text, placeholder) },
      );
      return undefined;
    }
    const pattern = patterns.make(reporter, node);
    const operand = this.value(node.operand);
    if (pattern === undefined || operand === undefined) return undefined;
    if (!patterns.fits(reporter, pattern, operand.type, node.operand.span)) return undefined;
    const match = this.#apply('matches', [operand], node.span, pattern);
    return node.negated && match !== undefined
      ? { kind: 'Not', operand: match, type: bool, span: node.span }
      : match;
  }

  #apply(
    name: string,
    args: readonly (Expr | undefined)[],
    span: Span,
    pattern?: Pattern,
  ): Expr | undefined {
    if (!hasAllItems(args)) return undefined;
    const builtin = builtins.get(name);
    const resolution = builtin?.resolve(
      args.map((arg) => arg.type),
      pattern,
    );
    if (builtin === undefined || resolution === undefined) {
      const found = args.map((arg) => typeName(arg.type)).join(' and ');
      this.#context.reporter.report(
        'wrong-operands',
        span,
        { operator: name, takes: builtin?.takes ?? '', found },
        explainConversions(args),
      );
      return undefined;
    }
    const [first, second] = args;
    return this.#steady({
      kind: 'Apply',
      builtin: resolution,
      args:
        comparesParts(name) && first !== undefined && second !== undefined
          ? [first, convertToComparable(name, second)]
          : args,
      type: resolution.result,
      span,
    });
  }

  #presence(operand: ExprNode, present: boolean, span: Span): Expr | undefined {
    const checked = this.infer(operand);
    if (checked === undefined) return undefined;
    const read = asRead(checked);
    if (read === undefined || read.members.length === 0) {
      this.#context.reporter.report('presence-of-value', operand.span, {});
      return undefined;
    }
    return { kind: 'Presence', operand: read, present, type: bool, span };
  }

  /** Over several collections, `any` is the disjunction of one for each, and `all` the conjunction. */
  #quantifier(node: QuantifierNode): Expr | undefined {
    const { quantifier, span } = node;
    const over = node.collections.map((collection) => this.#elements(collection, node.variable));
    if (!hasAllItems(over)) return undefined;
    const operands: QuantifierExpr[] = [];
    for (const { collection, variable, inside } of over) {
      const body = inside.expect(node.body, bool);
      if (body === undefined) return undefined;
      operands.push({
        kind: 'Quantifier',
        quantifier,
        variable,
        collection,
        body,
        type: bool,
        span,
      });
    }
    if (operands.length === 1) return operands[0];
    return { kind: quantifier === 'any' ? 'Or' : 'And', operands, type: bool, span };
  }

  #aggregate(node: AggregateNode): Expr | undefined {
    const over = this.#elements(node.collection, node.variable);
    if (over === undefined) return undefined;
    const { form, span } = node;
    const condition = node.condition && over.inside.expect(node.condition, bool);
    const body = over.inside.value(node.body);
    if (body === undefined || (node.condition && condition === undefined)) return undefined;
    if (!isAggregable(form, body.type)) {
      const kinds =
        form === 'sum' ? 'an Int, a Decimal or a Duration' : 'a number, an instant or a Duration';
      this.#context.reporter.report(
        'wrong-type',
        node.body.span,
        { expected: kinds, found: typeName(body.type) },
        { related: relateType(this.#context, node.body, body) },
      );
      return undefined;
    }
    const type = form === 'sum' ? removeRange(body.type) : body.type;
    const { collection, variable } = over;
    return this.#steady({
      kind: 'Aggregate',
      form,
      variable,
      collection,
      condition,
      body,
      type,
      span,
    });
  }

  /** The collection of a quantifier or an aggregate, and the expressions about its elements. */
  #elements(node: ExprNode, name: NameNode) {
    const collection = this.value(node);
    if (collection === undefined) return undefined;
    if (!isCollection(collection.type)) {
      this.#context.reporter.report(
        'wrong-type',
        node.span,
        { expected: 'a set, a list or a map', found: typeName(collection.type) },
        { related: relateType(this.#context, node, collection) },
      );
      return undefined;
    }
    checkLocalName(this.#context, name);
    const read = asRead(collection);
    const variable: Variable = {
      name: name.text,
      type: collection.type.element,
      path: read === undefined ? name.text : spellPath(read),
      isElement:
        read !== undefined && (typeof read.from === 'string' || read.from.isElement === true),
      secret: findSecret(collection),
    };
    const locals = new Map(this.#env.locals).set(variable.name, variable);
    const inside = new ExpressionChecker(this.#context, this.#declarations, {
      ...this.#env,
      locals,
    });
    return { collection, variable, inside };
  }

  #set(nodes: readonly ExprNode[], span: Span, expected: Type | undefined): Expr | undefined {
    if (expected?.kind === 'Map' && nodes.length === 0)
      return { kind: 'Set', elements: [], type: expected, span };
    const wanted =
      expected?.kind === 'Set' || expected?.kind === 'List'
        ? removeRange(expected.element)
        : nodes.some((node) => node.kind === 'Decimal')
          ? decimal
          : undefined;
    const elements: (Expr | undefined)[] = [];
    let element = wanted;
    for (const node of nodes) {
      // An Ip can be searched in Ips or Cidrs: the first element decides.
      const or = node === nodes[0] && element?.kind === 'Ip' ? cidr : element;
      const checked = element === undefined ? this.value(node) : this.expect(node, element, or);
      if (element === undefined || checked?.type.kind === 'Cidr')
        element = checked && removeRange(checked.type);
      elements.push(checked);
    }
    if (!hasAllItems(elements)) return undefined;
    if (element === undefined || (nodes.length > 0 && !isEquatable(element))) {
      this.#context.reporter.report('bad-element', span, {
        type: element === undefined ? 'elements of unknown type' : typeName(element),
      });
      return undefined;
    }
    const type: Type = { kind: expected?.kind === 'List' ? 'List' : 'Set', element };
    return this.#steady({ kind: 'Set', elements, type, span });
  }

  /**
   * Operators through which the clock cannot be traced only accept operands that do not move with
   * it.
   */
  #steady(expr: Expr): Expr | undefined {
    const isSum = expr.kind === 'Apply' && findSigns(expr) !== undefined;
    return this.#requireTraceable(
      expr,
      isSum ? isTraceable(expr, makeConstant(0n, int, expr.span)) : isClockFree(expr),
    );
  }

  #requireTraceable(expr: Expr, traceable: boolean): Expr | undefined {
    if (traceable) return withoutSecretEdge(this.#context, expr);
    this.#context.reporter.report('time-not-traceable', expr.span, {});
    return undefined;
  }
}

/** Whether a literal takes its type from the other side of an operator. */
function isTypedByOther({ kind }: ExprNode): boolean {
  return kind === 'Int' || kind === 'String';
}

/** No operator on strings takes a member of an enum. */
function widenEnum(type: Type): Type {
  return type.kind === 'Enum' ? string : type;
}

/** The other side of a list is a set of its elements. */
function asSet(type: Type): Type {
  return type.kind === 'List' && isEquatable(type.element) ? makeSetType(type.element) : type;
}

function explainPattern(text: string, placeholder: string): string {
  const inside = placeholder.slice(1, -1);
  return text.startsWith(placeholder) && /^\/\*\*?$/.test(text.slice(placeholder.length))
    ? `write \`under ${inside}\`, which compares whole segments`
    : 'compare with `under`, or with `is`, `starts_with` or `ends_with` and a string such as `"user/{subject.id}"`; write literal braces as `\\{` and `\\}`';
}

/** `not in` is the negation of `in`. */
function applyNotOperator(node: BinaryNode, inside: Expr | undefined): Expr | undefined {
  return inside && node.operator === 'not in' ? negateCondition(inside) : inside;
}
