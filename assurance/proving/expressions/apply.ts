// Builtins: arithmetic on numbers, membership and set operators on collections, and everything else on finite values.

import { type ApplyExpr, type Expr, findAffirmative, findRole } from '@nhipol/language/model';
import { decimalOne } from '@nhipol/language/support';
import { containsAddress } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no } from '../formula/formula.ts';
import { scale } from '../formula/linear.ts';
import { createTruthValue, guardValue, hasUsableValue, toTruth } from '../symbolic/algebra.ts';
import { identifyValues } from '../symbolic/identity.ts';
import type { Choice, NumberValue, SetValue, Symbolic, Truth } from '../symbolic/symbolic.ts';
import { isInNetwork } from '../terms/tests.ts';
import { type Computation, findEncoding } from './builtins.ts';
import {
  combineSets,
  encodeMembership,
  encodeSize,
  encodeSizeLimit,
  encodeSome,
  isSetOperator,
} from './collections.ts';
import { createFreeValue } from './free.ts';
import { nameEncodedFunction, nameResultPlace } from './functions.ts';
import { type Collection, isCollectionValue } from './instances.ts';
import { encodeSum, mapTerms } from './numbers.ts';
import { encodeProduct } from './products.ts';
import { encodeSomeElement } from './some.ts';

const computationsOfNumbers: ReadonlySet<Computation> = new Set([
  ...(['sum', 'difference', 'negation', 'conversion', 'product', 'quotient'] as const),
]);

export function applyBuiltin(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  args: readonly Symbolic<SymbolicFact>[],
): Symbolic<SymbolicFact> {
  const [first, second] = args;
  const { computation } = findEncoding(expr.builtin.name);
  if (computation === 'size' && first !== undefined && isCollectionValue(first))
    return encodeElementCount(encoding, expr, first);
  if (second !== undefined && isCollectionValue(second)) {
    const found = withCollection(encoding, expr, first as Symbolic<SymbolicFact>, second);
    if (found !== undefined) return found;
  }
  const isArithmetic = computationsOfNumbers.has(computation);
  if (isArithmetic && first?.kind === 'number')
    return encodeArithmetic(encoding, expr, first, second as NumberValue | undefined);
  return encoding.values.apply(expr, args, () => open(encoding, expr, args));
}

/** Any result, where all operands have a value. */
function open(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  args: readonly Symbolic<SymbolicFact>[],
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  const known = formula.all(args.map((arg) => hasUsableValue(formula, arg)));
  const place = nameResultPlace(encoding, expr);
  return encoding.once(buildFunctionKey(encoding, expr, args), () =>
    guardValue(formula, known, createFreeValue(encoding, expr, place)),
  );
}

/** Calls with one key have equal results. */
function buildFunctionKey(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  args: readonly Symbolic<SymbolicFact>[],
): string | undefined {
  const identity = identifyValues(args);
  if (identity === undefined) return undefined;
  return `${nameEncodedFunction(encoding, expr)} ${identity}`;
}

// --- numbers -----------------------------------------------------------------------------------

function encodeArithmetic(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  a: NumberValue,
  b: NumberValue | undefined,
): NumberValue {
  const { formula } = encoding;
  const { computation } = findEncoding(expr.builtin.name);
  if (computation === 'conversion') return mapTerms(formula, a, (term) => scale(term, decimalOne));
  if (b === undefined) return mapTerms(formula, a, (term) => scale(term, -1n), -a.sign);
  if (computation === 'sum') return encodeSum(formula, a, b, 1n);
  if (computation === 'difference') return encodeSum(formula, a, b, -1n);
  return encodeProduct(encoding, expr, a, b);
}

// --- collections -------------------------------------------------------------------------------

function encodeElementCount(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  collection: Collection,
): NumberValue {
  const { analysis } = encoding.domains;
  const limit = analysis.sizeLimit(expr);
  const isMap = expr.args[0]?.type.kind === 'Map' && collection.kind === 'list';
  const { size: found, isMore } = isMap
    ? encodeSizeLimit(
        encoding,
        collection.held,
        collection.elements.map(({ present }) => present),
        limit,
      )
    : encodeSize(encoding, collection, limit);
  if (!analysis.thresholds.has(expr) || collection.kind === 'numbers')
    encoding.approximate('large lengths', expr.span, isMore);
  return found;
}

/** Encodes a builtin about a collection; returns `undefined` for one about single values. */
function withCollection(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  first: Symbolic<SymbolicFact>,
  second: Collection,
): Symbolic<SymbolicFact> | undefined {
  const { formula } = encoding;
  const { name } = expr.builtin;
  const { computation } = findEncoding(name);
  const isNegation = findAffirmative(expr) !== undefined;
  if (computation === 'membership') {
    const isAddress = expr.args[0]?.type.kind === 'Ip' && getElementKind(expr.args[1]) === 'Cidr';
    const found = isAddress
      ? isInSomeNetwork(encoding, expr, first, second)
      : encodeMembership(encoding, first, second);
    return isNegation ? createTruthValue(found.no, found.yes) : found;
  }
  if (!isCollectionValue(first)) return undefined;
  if (isSetOperator(name)) return combineSets(encoding, name, first, second);
  if (computation !== 'relation') return undefined;
  const isCommon = findRole(expr) === 'overlap';
  const known = formula.and(hasUsableValue(formula, first), hasUsableValue(formula, second));
  const some = encodeSome(encoding, first, second, isCommon);
  const isTrue = isCommon || isNegation ? some : -some;
  return createTruthValue(formula.and(known, isTrue), formula.and(known, -isTrue));
}

function getElementKind(expr: Expr | undefined): string | undefined {
  const type = expr?.type;
  return type?.kind === 'Set' || type?.kind === 'List' ? type.element.kind : undefined;
}

function isInSomeNetwork(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  address: Symbolic<SymbolicFact>,
  networks: Collection,
): Truth {
  if (address.kind === 'choice' && networks.kind === 'set')
    return isInNetworks(encoding, expr, address, networks);
  if (address.kind !== 'text' || networks.kind !== 'texts') return createTruthValue(no, no);
  const { formula, terms } = encoding;
  const known = formula.and(hasUsableValue(formula, networks), hasUsableValue(formula, address));
  const isIn = encodeSomeElement(
    encoding,
    { ...networks, unusable: no },
    { kind: 'Cidr' },
    ({ value }) => {
      const pairs = value.kind === 'text' ? value.cases : [];
      return formula.any(
        pairs.flatMap((network) =>
          address.cases.map(({ guard, term }) =>
            formula.and(network.guard, guard, isInNetwork(terms, term, network.term)),
          ),
        ),
      );
    },
  );
  return createTruthValue(formula.and(known, isIn), formula.and(known, -isIn));
}

/** Whether an address is in one of the networks of a set; any result for networks that are not constants. */
function isInNetworks(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  address: Choice,
  networks: SetValue,
): Truth {
  const { formula, domains } = encoding;
  const place = domains.flow.findPlace(expr.args[1] as Expr);
  const known = hasUsableValue(formula, networks);
  const findRoot = (each: string) => domains.analysis.groups.root(each);
  const isInNetwork = (ip: string, network: string, present: Literal): Literal => {
    if (place === undefined || domains.isConstant(place, network))
      return containsAddress(network, ip) ? present : no;
    encoding.approximate('functions of strings', expr.span, present);
    const lists = expr.args.map((arg) => domains.flow.findPlace(arg) ?? '').map(findRoot);
    const result = encoding.once(JSON.stringify(['in', ip, network, ...lists]), () =>
      toTruth(formula.variable(`${ip} in ${network}`)),
    );
    return formula.and(present, (result as Truth).yes);
  };
  const found = [...address.values].map(([ip, guard]) => ({
    guard: formula.and(known, guard),
    inside: formula.any(
      [...networks.elements].map(([network, present]) =>
        isInNetwork(ip as string, network as string, present),
      ),
    ),
  }));
  return createTruthValue(
    formula.any(found.map(({ guard, inside }) => formula.and(guard, inside))),
    formula.any(found.map(({ guard, inside }) => formula.and(guard, -inside))),
  );
}
