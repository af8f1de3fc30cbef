// Bounds the steps of expressions as emit/expressions.ts writes them: each node is computed once, where
// it is first needed, and nothing is skipped. Nodes are added in the order in which they are emitted into
// one function; the result is the steps of all nodes and the size of each value.

import type { Pattern } from '@nhipol/language/types';
import { requestLimits } from '@nhipol/runtime/abi';
import type {
  IrAggregate,
  IrCell,
  IrEntry,
  IrExpr,
  IrQuantifier,
  IrVariable,
} from '../ir/expressions.ts';
import { isIrEntry, listIrOperands } from '../ir/operands.ts';
import type { IrColumn, IrTable } from '../ir/tables.ts';
import { probeLimit } from '../layout/layout.ts';
import type { Parameter, ParameterValue } from '../plan/member.ts';
import { costCall, countEqualBytesSteps, countSameBytesSteps, countSetSteps } from './functions.ts';
import {
  boundCollectionSize,
  boundTextSize,
  maxSize,
  measureValue,
  networkBytes,
  nothing,
  type Size,
} from './size.ts';
import { askingClock, countCalendarFieldSteps, countWindowSteps } from './time.ts';

/** The parameters of a bound. */
export interface BoundParameters {
  /** The length of the request. */
  readonly bytes: number;
  readonly defaults: Size;
  /** The maximum number of slots that a look-up in a table of the compiler visits. */
  readonly maxRun: number;
}

export interface CountingOptions {
  /** The size of each parameter, by the largest of the rows. */
  readonly parameters?: ReadonlyMap<Parameter, Size>;
  /** Expressions that are decided already. */
  readonly decided?: ReadonlySet<IrExpr>;
}

/** `findText`: the hash of a string, eight bytes at a time, then slot by slot. */
export function countProbeSteps(text: number, longest: number, run: number): number {
  const key = (bytes: number) => ({ count: 0, bytes });
  return 8 + text / 8 + (run + 1) * (1 + countSameBytesSteps(key(text), key(longest)));
}

/** The steps of a quantifier and of an aggregate with the result for an element. */
const joining = 3;
const adding = 6;

/** A call of `isFresh`, which considers two edges. */
const freshness = 3;

export class ExpressionSteps {
  steps = 0;
  readonly #asked: BoundParameters;
  readonly #options: CountingOptions;
  /** Blocks as in the emitter: a value computed in a block is not available after it. */
  readonly #known: Map<IrExpr, Size>[] = [new Map()];
  /**
   * The average bytes of a string of an element: all elements together are at most as long as the
   * request.
   */
  readonly #averages = new Map<IrVariable, number>();

  constructor(boundParameters: BoundParameters, options: CountingOptions = {}) {
    this.#asked = boundParameters;
    this.#options = options;
  }

  add(expr: IrExpr): Size {
    for (const scope of this.#known) {
      const known = scope.get(expr);
      if (known !== undefined) return known;
    }
    const size = this.#options.decided?.has(expr) ? nothing : this.#own(expr);
    this.#known.at(-1)?.set(expr, size);
    return size;
  }

  #own(expr: IrExpr): Size {
    switch (expr.kind) {
      case 'const':
        return this.#options.parameters?.get(expr) ?? measureValue(expr.value);
      case 'cell':
        return this.#cell(expr);
      case 'presence':
        this.#all(listIrOperands(expr));
        return nothing;
      case 'entry':
        return this.#entry(expr);
      case 'remembered':
        this.#all(listIrOperands(expr));
        return nothing;
      case 'knownRecord':
        this.#all(listIrOperands(expr));
        return this.#step(expr.fresh.length * freshness);
      case 'knownCell':
        this.add(expr.cell);
        return nothing;
      case 'known':
      case 'not':
        this.add(expr.operand);
        return nothing;
      case 'knownAge':
      case 'compareNow':
      case 'compareAge':
        this.#all(
          expr.kind === 'knownAge'
            ? [expr.of, expr.offset]
            : expr.kind === 'compareAge'
              ? [expr.of, expr.threshold]
              : [expr.threshold],
        );
        return this.#step(askingClock);
      case 'lookup':
        return this.#lookup(expr.table, this.#all(expr.keys));
      case 'apply': {
        const sizes = this.#all(expr.args);
        const pattern = this.#options.parameters?.get(expr) ?? measurePattern(expr.pattern);
        const { steps, size } = costCall(
          expr.function,
          expr.pattern === undefined ? sizes : [...sizes, pattern],
        );
        this.#step(steps);
        return size;
      }
      case 'compare': {
        const [left = nothing, right = nothing] = this.#all([expr.left, expr.right]);
        return this.#step(expr.left.rep === 'bytes' ? countSameBytesSteps(left, right) : 0);
      }
      case 'inWindow':
        this.add(expr.of);
        return this.#step(countWindowSteps(expr.window, expr.clock));
      case 'calendar':
        this.add(expr.of);
        return this.#step(countCalendarFieldSteps(expr.zone));
      case 'and':
      case 'or':
        this.#all(expr.operands);
        return nothing;
      case 'quantifier':
      case 'aggregate':
        return this.#perElement(expr);
      case 'if': {
        const [, then = nothing, other = nothing] = this.#all([
          expr.condition,
          expr.then,
          expr.else,
        ]);
        if (expr.rep === 'bytes') this.#step(countSameBytesSteps(then, other));
        if (expr.elements !== undefined)
          this.#step(costCall(`sameSet${expr.elements}`, [then, other]).steps);
        return maxSize(then, other);
      }
      case 'else': {
        const [value = nothing, fallback = nothing] = this.#all([expr.value, expr.fallback]);
        return maxSize(value, fallback);
      }
      case 'set': {
        const bytes = this.#all(expr.elements).reduce((all, element) => all + element.bytes, 0);
        const set = { count: expr.elements.length, bytes };
        this.#step(countSetSteps(set, expr.holds));
        return set;
      }
    }
  }

  #step(steps: number): Size {
    this.steps += steps;
    return nothing;
  }

  #all(exprs: readonly IrExpr[]): readonly Size[] {
    return exprs.map((expr) => this.add(expr));
  }

  #cell(expr: IrCell): Size {
    const { rep, fresh, address } = expr;
    this.#all(listIrOperands(expr));
    this.#step(fresh.length * freshness);
    const { bytes, defaults } = this.#asked;
    const { base } = address;
    const average = base === 'facts' || isIrEntry(base) ? undefined : this.#averages.get(base);
    if (rep === 'bytes' && average !== undefined) {
      const longest = maxSize(boundTextSize(bytes), defaults).bytes;
      return { count: 0, bytes: Math.min(average + defaults.bytes, longest), longest };
    }
    if (rep === 'bytes') return maxSize(boundTextSize(bytes), defaults);
    return rep === 'cells' ? maxSize(boundCollectionSize(bytes), defaults) : nothing;
  }

  /** `findEntry`: the key is compared with the key of each entry. */
  #entry(expr: IrEntry): Size {
    this.#all(listIrOperands(expr));
    const { count, bytes } = boundCollectionSize(this.#asked.bytes);
    return this.#step(2 + 3 * count + countEqualBytesSteps(bytes));
  }

  /** `find1` and `find2`: the hash of the keys, then slot by slot. */
  #lookup(table: IrTable, keys: readonly Size[]): Size {
    const longest = measureMaxKeys(table);
    const hashing = keys.reduce((all, { bytes }) => all + 12 + bytes, 2);
    const probe = keys.reduce(
      (all, key, at) => all + countSameBytesSteps(key, { count: 0, bytes: longest[at] ?? 0 }),
      1,
    );
    const probes = table.external === undefined ? this.#asked.maxRun + 1 : probeLimit;
    this.#step(hashing + probes * probe);
    return measureMaxValue(table);
  }

  /** The body is computed once for each element, and frees the memory that it used. */
  #perElement(expr: IrQuantifier | IrAggregate): Size {
    const { collection, variable } = expr;
    const { count, bytes } = this.add(collection);
    this.#averages.set(variable, count === 0 ? 0 : bytes / count);
    const before = this.steps;
    this.#known.push(new Map());
    this.#all(listIrOperands(expr).filter((operand) => operand !== collection));
    this.#known.pop();
    const one = this.steps - before;
    this.steps = before;
    return this.#step(1 + count * ((expr.kind === 'aggregate' ? adding : joining) + one));
  }
}

/** The largest value in the rows for each parameter. */
export function listParameterSizes(
  parameters: readonly Parameter[],
  rows: readonly { readonly values: readonly ParameterValue[] }[],
): ReadonlyMap<Parameter, Size> {
  return new Map(
    parameters.map((parameter, index) => [
      parameter,
      rows.map(({ values }) => measureParameter(values[index])).reduce(maxSize, nothing),
    ]),
  );
}

function measureParameter(value: ParameterValue | undefined): Size {
  if (value === undefined) return nothing;
  return typeof value === 'object' && 'source' in value
    ? measurePattern(value)
    : measureValue(value);
}

/** Its count says whether segments are compared: the time of a match depends on nothing else of a pattern. */
function measurePattern(pattern: Pattern | undefined): Size {
  return pattern?.segments === undefined ? nothing : { count: 1, bytes: 0 };
}

const tableKeys = new WeakMap<IrTable, readonly number[]>();

function measureMaxKeys(table: IrTable): readonly number[] {
  const existingKey = tableKeys.get(table);
  if (existingKey !== undefined) return existingKey;
  const longest =
    table.external?.keys.map(bytesOfColumn) ??
    (table.rows[0]?.keys ?? []).map((_, index) =>
      table.rows.reduce(
        (most, { keys }) => Math.max(most, measureValue(keys[index] ?? 0n).bytes),
        0,
      ),
    );
  tableKeys.set(table, longest);
  return longest;
}

const valueSizes = new WeakMap<IrTable, Size>();

function measureMaxValue(table: IrTable): Size {
  const cachedSize = valueSizes.get(table);
  if (cachedSize !== undefined) return cachedSize;
  const { external, rows } = table;
  const bytes = external === undefined ? 0 : bytesOfColumn(external.value);
  const size =
    external === undefined
      ? rows.map(({ value }) => measureValue(value.value)).reduce(maxSize, nothing)
      : external.form !== 'scalars'
        ? { count: requestLimits.elements, bytes: requestLimits.elements * bytes }
        : { count: 0, bytes };
  valueSizes.set(table, size);
  return size;
}

function bytesOfColumn({ kind }: IrColumn): number {
  return kind === 'String' || kind === 'SpiffeId'
    ? requestLimits.stringBytes
    : kind === 'Ip' || kind === 'Cidr'
      ? networkBytes
      : 0;
}
