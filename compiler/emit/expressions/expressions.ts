// Emits expressions of the IR as AssemblyScript statements over locals. Nothing is skipped: each node is
// computed once, where it is first needed, with whether it is known, its edge if time can change it, and
// on demand the mask of the paths that made it unknown.

import type {
  IrAddress,
  IrAggregate,
  IrCell,
  IrComparison,
  IrEntry,
  IrExpr,
  IrFresh,
  IrQuantifier,
  IrVariable,
} from '../../ir/expressions.ts';
import { findEntries, isIrEntry, listIrOperands } from '../../ir/operands.ts';
import type { IrConst } from '../../ir/values.ts';
import type { AtomWords } from '../../layout/atom-words.ts';
import type { Parameter } from '../../plan/member.ts';
import { cellBytes, cellCode } from '../data/cell-code.ts';
import type { StaticData } from '../data/static-data.ts';
import {
  allocates,
  type EmittedValue,
  emitKnownTest,
  emitOperand,
  emitUnusable,
  emitUsable,
  formatWord,
  printPointerAndLength,
} from './locals.ts';

/** The mask, a u64, of each path that can be unknown. */
export interface Masks {
  readonly get: (path: string) => string | undefined;
}

export interface EmitOptions {
  readonly facts: number;
  readonly data: StaticData;
  /** The masks that are computed instead of edges, or `undefined` to compute edges. */
  readonly bits: Masks | undefined;
  /** The constants that are in the row at `row`, and their positions. */
  readonly parameters: ReadonlyMap<Parameter, number> | undefined;
  /** The atoms that are decided already. */
  readonly atoms: AtomWords | undefined;
}

export const comparisons: Readonly<
  Record<IrComparison, { readonly op: number; readonly sign: string }>
> = {
  is: { op: 0, sign: '==' },
  'is not': { op: 1, sign: '!=' },
  '<': { op: 2, sign: '<' },
  '<=': { op: 3, sign: '<=' },
  '>': { op: 4, sign: '>' },
  '>=': { op: 5, sign: '>=' },
};

const certain = { known: '1', value: '0', length: '0', partial: '0', edge: undefined, mask: '0' };

export class ExpressionEmitter {
  readonly lines: string[] = [];
  readonly #options: EmitOptions;
  readonly #known: Map<IrExpr, EmittedValue>[] = [new Map()];
  readonly #variables = new Map<IrVariable, string>();
  #locals = 0;
  #indent = '  ';

  constructor(options: EmitOptions) {
    this.#options = options;
  }

  /** An emitter for expressions over the cells of the facts, without anything that was decided before. */
  static ofFacts(facts: number, data: StaticData): ExpressionEmitter {
    return new ExpressionEmitter({
      facts,
      data,
      bits: undefined,
      parameters: undefined,
      atoms: undefined,
    });
  }

  emit(expr: IrExpr): EmittedValue {
    for (const scope of this.#known) {
      const emittedValue = scope.get(expr);
      if (emittedValue !== undefined) return emittedValue;
    }
    const local = this.#make(expr);
    this.#known.at(-1)?.set(expr, local);
    return local;
  }

  line(text: string): void {
    this.lines.push(this.#indent + text);
  }

  #fresh(prefix: string): string {
    this.#locals += 1;
    return `${prefix}${this.#locals}`;
  }

  #let(prefix: string, type: string, value: string): string {
    const name = this.#fresh(prefix);
    this.line(`let ${name}: ${type} = ${value};`);
    return name;
  }

  get #masks(): boolean {
    return this.#options.bits !== undefined;
  }

  #make(expr: IrExpr): EmittedValue {
    const decided = this.#options.atoms?.tri(expr, this.#masks);
    const cells = this.#masks ? listComparedCells(expr) : [];
    if (decided !== undefined && cells !== undefined) {
      return this.#tri(
        decided,
        cells.map((cell) => this.#marks(cell)),
      );
    }
    switch (expr.kind) {
      case 'const':
        return this.#constant(expr);
      case 'cell':
        return this.#cell(expr);
      case 'entry':
        return this.#entry(expr);
      case 'presence': {
        const entries = this.#emitEntries(expr.address);
        const at = this.#address(expr.address);
        const test = `(${cellCode.isFaulty(at)} ? 1 : i32((${cellCode.isPresent(at)}) == ${expr.present}) << 1)`;
        const found = this.#all(entries.map(({ known }) => known));
        return this.#tri(found === '1' ? test : `${found} ? ${test} : 1`, entries);
      }
      case 'knownRecord':
        return this.#emitKnownRecord(expr.address, expr.fresh);
      case 'knownCell': {
        const cell = this.emit(expr.cell);
        const known = emitUsable(expr.cell, cell);
        return this.#tri(
          `(${cellCode.isFaulty(this.#address(expr.cell.address))} ? 1 : ${known} << 1)`,
          [cell],
          true,
        );
      }
      case 'known': {
        const operand = this.emit(expr.operand);
        return this.#tri(`${emitUsable(expr.operand, operand)} << 1`, [operand], true);
      }
      case 'knownAge':
        return this.#emitKnownAge(expr.of, expr.offset);
      case 'lookup':
        return this.#lookup(expr);
      case 'apply':
        return this.#apply(expr);
      case 'compare':
        return this.#compare(expr);
      case 'compareNow': {
        const threshold = this.emit(expr.threshold);
        const { op } = comparisons[expr.operator];
        return this.#clock(
          [threshold],
          threshold.known,
          `compareNow(${op}, ${threshold.value})`,
          [],
        );
      }
      case 'compareAge': {
        const [of, threshold] = [this.emit(expr.of), this.emit(expr.threshold)];
        const { op } = comparisons[expr.operator];
        const known = `(${of.known} & ${threshold.known})`;
        return this.#clock(
          [of, threshold],
          known,
          `compareAge(${op}, ${of.value}, ${threshold.value})`,
          expr.reads,
        );
      }
      case 'inWindow':
        return this.#inWindow(expr);
      case 'calendar':
        return this.#calendar(expr);
      case 'remembered':
        return this.#emitRemembered(expr);
      case 'and':
      case 'or':
        return this.#junction(expr);
      case 'not': {
        const operand = this.emit(expr.operand);
        return { ...operand, value: this.#let('t', 'i32', `2 - ${operand.value}`) };
      }
      case 'quantifier':
        return this.#quantifier(expr);
      case 'aggregate':
        return this.#aggregate(expr);
      case 'if':
        return this.#if(expr);
      case 'else':
        return this.#else(expr);
      case 'set':
        return this.#set(expr);
    }
  }

  // --- leaves ------------------------------------------------------------------------------------

  #constant(expr: IrConst): EmittedValue {
    const { value } = expr;
    const plain = { known: '1', length: '0', partial: '0', edge: undefined, mask: '0' };
    if (typeof value === 'boolean') return { ...plain, value: value ? '2' : '0' };
    const parameter = this.#options.parameters?.get(expr);
    if (parameter !== undefined) {
      if (expr.rep === 'word')
        return { ...plain, value: this.#let('w', 'i64', `load<i64>(row, ${parameter})`) };
      const pointer = this.#let('p', 'usize', `load<u32>(row, ${parameter})`);
      const length = this.#let('n', 'i32', `load<i32>(row, ${parameter + 4})`);
      return { ...plain, value: pointer, length };
    }
    if (typeof value === 'bigint') return { ...plain, value: formatWord(value) };
    const block = this.#options.data.block(value);
    return { ...plain, value: `${block.address}`, length: `${block.length}` };
  }

  /** A constant address stays one number, so that loads need no addition. */
  #address({ base, offset }: IrAddress): string {
    if (base === 'facts') return `${this.#options.facts + offset}`;
    const start = isIrEntry(base) ? this.emit(base).value : this.#variables.get(base);
    if (start === undefined)
      throw new Error(
        `broken invariant: ${isIrEntry(base) ? 'an entry' : base.name} has no address`,
      );
    return offset === 0 ? start : `${start} + ${offset}`;
  }

  #emitEntries(address: IrAddress): readonly EmittedValue[] {
    return findEntries(address).map((entry) => this.emit(entry));
  }

  #entry(expr: IrEntry): EmittedValue {
    const outer = this.#emitEntries(expr.map);
    const map = this.#address(expr.map);
    const key = this.emit(expr.key);
    const known = this.#all([
      ...outer.map((emittedValue) => emittedValue.known),
      emitKnownTest(expr.key, key),
    ]);
    const { missing, unknown } = this.#options.data.missingEntry(expr.element);
    const found = `findEntry(${map}, ${expr.element.size}, ${printPointerAndLength(key)}, ${missing})`;
    const value = this.#let(
      'c',
      'usize',
      known === '1' ? found : `${known} ? ${found} : ${unknown}`,
    );
    const edge = this.#minEdge([...outer, key], false);
    const mask = known === '1' ? '0' : this.#mask(`!${known}`, [...outer, key], []);
    return { known, value, length: '0', partial: '0', edge, mask };
  }

  #cell(expr: IrCell): EmittedValue {
    const [entry] = this.#emitEntries(expr.address);
    const at = this.#address(expr.address);
    const known = this.#let('k', 'i32', cellCode.known(at));
    const fresh = this.#whileFresh(known, expr.fresh);
    const loaded = this.#load(expr.rep, at, known);
    if (entry === undefined)
      return { ...loaded, edge: fresh, mask: this.#mask(emitUnusable(loaded), [], [expr.path]) };
    const edge = this.#minEdge([{ ...entry, edge: fresh }, entry], false);
    return { ...loaded, edge, mask: this.#ofEntry(emitUnusable(loaded), entry, expr.path) };
  }

  /** The mask of a value in an entry: the paths of the keys, if they are unknown. */
  #ofEntry(unknown: string, entry: EmittedValue, path: string): string {
    const bits = this.#combineMasks([path]);
    if (entry.mask === '0' || bits === '0') return this.#mask(unknown, [entry], [path]);
    return this.#let('m', 'u64', `(${unknown}) ? (${entry.known} ? ${bits} : ${entry.mask}) : 0`);
  }

  /** A cell whose value is not used. */
  #marks({ address, rep, path }: IrCell): EmittedValue {
    const at = this.#address(address);
    const known = this.#let('k', 'i32', cellCode.known(at));
    const partial = rep === 'cells' ? this.#let('q', 'i32', cellCode.partial(at)) : '0';
    const mask = this.#mask(emitUnusable({ known, partial }), [], [path]);
    return { known, value: '0', length: '0', partial, edge: undefined, mask };
  }

  /** A value that is not known still has the contents of its cell, which nothing uses. */
  #load(rep: IrExpr['rep'], at: string, known: string): Omit<EmittedValue, 'edge' | 'mask'> {
    const plain = { known, length: '0', partial: '0' };
    if (rep === 'tri')
      return {
        ...plain,
        value: this.#let('t', 'i32', `${known} ? <i32>${cellCode.word(at)} << 1 : 1`),
      };
    if (rep === 'word') return { ...plain, value: this.#let('w', 'i64', cellCode.word(at)) };
    const value = this.#let('p', 'usize', cellCode.pointer(at));
    const length = this.#let('n', 'i32', cellCode.length(at));
    const partial = rep === 'cells' ? this.#let('q', 'i32', cellCode.partial(at)) : '0';
    return { known, value, length, partial };
  }

  /** Makes `known` false if a freshness around a value is not met; returns the edge. */
  #whileFresh(known: string, fresh: readonly IrFresh[]): string | undefined {
    if (fresh.length === 0) return undefined;
    const edge = this.#let('e', 'i64', 'NEVER');
    this.line(`if (${known}) {`);
    for (const { record, observed, span } of fresh) {
      const seen = this.#address(observed);
      this.line(`  if (${cellCode.isNotAbsent(this.#address(record))}) {`);
      this.line(`    if (${cellCode.known(seen)}) {`);
      this.line(`      ${known} &= isFresh(${cellCode.word(seen)}, ${formatWord(span)});`);
      this.line(`      if (edgeOfLast() < ${edge}) ${edge} = edgeOfLast();`);
      this.line(`    } else ${known} = 0;`);
      this.line('  }');
    }
    this.line('}');
    return edge;
  }

  #emitKnownRecord(address: IrAddress, fresh: readonly IrFresh[]): EmittedValue {
    const entries = this.#emitEntries(address);
    const at = this.#address(address);
    const known = this.#let('k', 'i32', `i32(${cellCode.isPresent(at)})`);
    const freshEdge = this.#whileFresh(known, fresh);
    const value = this.#let('t', 'i32', `${cellCode.isFaulty(at)} ? 1 : ${known} << 1`);
    const edge = this.#minEdge([...entries, { ...certain, edge: freshEdge }], false);
    return { ...certain, value, edge };
  }

  #emitKnownAge(ofExpr: IrExpr, offsetExpr: IrExpr): EmittedValue {
    const [of, offset] = [this.emit(ofExpr), this.emit(offsetExpr)];
    const known = this.#let('t', 'i32', '0');
    const edge = this.#minEdge([of, offset], true);
    this.line(`if (${of.known} & ${offset.known} & hasNow()) {`);
    this.line(`  ${known} = ageKnown(${of.value}) << 1;`);
    if (edge !== undefined) this.line(`  if (edgeOfLast() < ${edge}) ${edge} = edgeOfLast();`);
    this.line('}');
    return { known: '1', value: known, length: '0', partial: '0', edge, mask: '0' };
  }

  // --- edges and masks ---------------------------------------------------------------------------

  /** A local with the earliest edge of the operands; `always`: also if none has an edge. */
  #minEdge(operands: readonly EmittedValue[], always: boolean): string | undefined {
    const edges = operands.map((operand) => operand.edge).filter((edge) => edge !== undefined);
    if (edges.length === 0 && !always) return undefined;
    const [first = 'NEVER', ...rest] = edges;
    const edge = this.#let('e', 'i64', first);
    for (const other of rest) this.line(`if (${other} < ${edge}) ${edge} = ${other};`);
    return edge;
  }

  /** The bits of the operands and of the paths, if the value is unknown. */
  #mask(unknown: string, operands: readonly EmittedValue[], paths: readonly string[]): string {
    if (this.#options.bits === undefined) return '0';
    const bits = this.#combineMasks(paths);
    const parts = [
      ...operands.map((operand) => operand.mask).filter((mask) => mask !== '0'),
      ...(bits === '0' ? [] : [bits]),
    ];
    return parts.length === 0
      ? '0'
      : this.#let('m', 'u64', `(${unknown}) ? ${parts.join(' | ')} : 0`);
  }

  /** The masks of the paths combined; `0`: no path has a mask. */
  #combineMasks(paths: readonly string[]): string {
    const masks = paths.flatMap((path) => this.#options.bits?.get(path) ?? []);
    return masks.length === 0 ? '0' : `(${masks.join(' | ')})`;
  }

  /** A condition over operands without special treatment. */
  #tri(value: string, operands: readonly EmittedValue[], certain = false): EmittedValue {
    const name = this.#let('t', 'i32', value);
    const mask = certain ? '0' : this.#mask(`${name} == 1`, operands, []);
    return {
      known: '1',
      value: name,
      length: '0',
      partial: '0',
      edge: this.#minEdge(operands, false),
      mask,
    };
  }

  #clock(
    operands: readonly EmittedValue[],
    known: string,
    call: string,
    reads: readonly string[],
  ): EmittedValue {
    const value = this.#let('t', 'i32', '1');
    const edge = this.#minEdge(operands, true);
    this.line(`if (${known}) {`);
    this.line(`  ${value} = ${call};`);
    if (edge !== undefined) this.line(`  if (edgeOfLast() < ${edge}) ${edge} = edgeOfLast();`);
    this.line('}');
    let mask = this.#mask(`${value} == 1`, operands, []);
    const callMask = this.#combineMasks(reads);
    if (this.#masks && callMask !== '0') {
      mask = this.#let('m', 'u64', `${value} == 1 ? (${known} ? ${callMask} : ${mask}) : 0`);
    }
    return { known: '1', value, length: '0', partial: '0', edge, mask };
  }

  #inWindow(expr: IrExpr & { kind: 'inWindow' }): EmittedValue {
    const of = this.emit(expr.of);
    const window = this.#options.data.window(expr.window);
    if (expr.clock)
      return this.#clock([of], of.known, `nowInWindow(${window}, ${of.value})`, expr.reads);
    const value = this.#let('t', 'i32', `${of.known} ? inWindow(${window}, ${of.value}) : 1`);
    const edge = this.#minEdge([of], false);
    const mask = this.#beyond(`${value} == 1`, of, expr.reads);
    return { known: '1', value, length: '0', partial: '0', edge, mask };
  }

  /** A value found before rules are evaluated. */
  #emitRemembered(expr: IrExpr & { kind: 'remembered' }): EmittedValue {
    const { offset, rep, timeful, path } = expr;
    // Its operands matter only for what made it unknown.
    const keys = this.#masks ? listIrOperands(expr).map((key) => this.emit(key)) : [];
    const at = `${this.#options.facts + offset}`;
    if (expr.isValue) {
      const known = this.#let('k', 'i32', cellCode.known(at));
      const loaded = this.#load(rep, at, known);
      return { ...loaded, edge: undefined, mask: this.#mask(emitUnusable(loaded), keys, [path]) };
    }
    const value = this.#let('t', 'i32', `remembered(${at})`);
    const edge = timeful ? this.#let('e', 'i64', `rememberedEdge(${at})`) : undefined;
    const mask = this.#mask(`${value} == 1`, keys, [path]);
    return { known: '1', value, length: '0', partial: '0', edge, mask };
  }

  #calendar(expr: IrExpr & { kind: 'calendar' }): EmittedValue {
    const of = this.emit(expr.of);
    const zone = this.#options.data.zone(expr.zone);
    const field = expr.field === 'weekday' ? 'findWeekday' : 'findTimeOfDay';
    const known = this.#let('k', 'i32', of.known);
    const value = this.#let('w', 'i64', '0');
    this.line(`if (${known}) {`);
    this.line(`  ${value} = ${field}(${zone}, ${of.value});`);
    this.line(`  ${known} = ok;`);
    this.line('}');
    const edge = this.#minEdge([of], false);
    const mask = this.#beyond(`!${known}`, of, expr.reads);
    return { known, value, length: '0', partial: '0', edge, mask };
  }

  /** The mask of an instant's own unknown or, if it is known, of the paths that it was read from. */
  #beyond(unknown: string, of: EmittedValue, reads: readonly string[]): string {
    const bits = this.#combineMasks(reads);
    if (!this.#masks || bits === '0') return this.#mask(unknown, [of], []);
    return this.#let('m', 'u64', `(${unknown}) ? (${of.known} ? ${bits} : ${of.mask}) : 0`);
  }

  // --- operators ---------------------------------------------------------------------------------

  #lookup(expr: IrExpr & { kind: 'lookup' }): EmittedValue {
    const keys = expr.keys.map((key) => this.emit(key));
    const known = this.#all(
      expr.keys.map((key, index) => emitKnownTest(key, keys[index] as EmittedValue)),
    );
    const { data } = this.#options;
    const address =
      expr.table.external === undefined
        ? data.table(expr.table)
        : `load<u32>(${data.description(expr.table)})`;
    const args = expr.keys.map((key, index) => {
      const local = keys[index] as EmittedValue;
      if (key.rep === 'bytes') return `0, <i64>${local.value}, ${local.length}`;
      return key.rep === 'tri' ? `1, <i64>(${local.value} >> 1), 0` : `1, ${local.value}, 0`;
    });
    const found = this.#let(
      'r',
      'usize',
      `${known} ? find${keys.length}(${address}, ${args.join(', ')}) : 0`,
    );
    const hit = this.#let('k', 'i32', `i32(${found} != 0)`);
    const loaded = this.#load(expr.rep, found, hit);
    const edge = this.#minEdge(keys, false);
    let mask = this.#mask(`!${hit}`, keys, []);
    const bit = this.#combineMasks([`table.${expr.table.name}`]);
    if (this.#masks && bit !== '0')
      mask = this.#let('m', 'u64', `${hit} ? 0 : (${known} ? ${bit} : ${mask})`);
    return { ...loaded, edge, mask };
  }

  #all(conditions: readonly string[]): string {
    const dynamic = conditions.filter((condition) => condition !== '1');
    return dynamic.length === 0 ? '1' : `(${dynamic.join(' & ')})`;
  }

  #apply(expr: IrExpr & { kind: 'apply' }): EmittedValue {
    const args = expr.args.map((arg) => this.emit(arg));
    const conditions = expr.args.flatMap((arg, index) => {
      const local = args[index] as EmittedValue;
      const whole = local.partial === '0' || expr.countsOnly ? [] : [`(${local.partial} ^ 1)`];
      return [emitKnownTest(arg, local), ...whole];
    });
    const known = this.#let('k', 'i32', this.#all(conditions));
    const operands = expr.args.map((arg, index) => emitOperand(arg, args[index] as EmittedValue));
    if (expr.pattern !== undefined) {
      const parameter = this.#options.parameters?.get(expr);
      operands.push(
        parameter === undefined
          ? `${this.#options.data.pattern(expr.pattern)}`
          : `<usize>load<u32>(row, ${parameter})`,
      );
    }
    const call = `${expr.function}(${operands.join(', ')})`;
    const edge = this.#minEdge(args, false);
    if (expr.rep === 'tri') {
      // A test that can fail returns all three values itself.
      const tested = expr.mayFail ? call : `i32(${call}) << 1`;
      const value = this.#let('t', 'i32', `${known} ? ${tested} : 1`);
      return {
        known: '1',
        value,
        length: '0',
        partial: '0',
        edge,
        mask: this.#mask(`${value} == 1`, args, []),
      };
    }
    const word = expr.rep === 'word';
    const value = this.#let(word ? 'w' : 'p', word ? 'i64' : 'usize', '0');
    const length = word ? '0' : this.#let('n', 'i32', '0');
    this.line(`if (${known}) {`);
    if (word) this.line(`  ${value} = ${call};`);
    else {
      const pair = this.#fresh('x');
      this.line(`  const ${pair} = ${call};`);
      this.line(`  ${value} = <usize><u32>${pair};`);
      this.line(`  ${length} = <i32>(${pair} >> 32);`);
    }
    if (expr.mayFail) this.line(`  ${known} = ok;`);
    this.line('}');
    return { known, value, length, partial: '0', edge, mask: this.#mask(`!${known}`, args, []) };
  }

  #compare(expr: IrExpr & { kind: 'compare' }): EmittedValue {
    const [left, right] = [this.emit(expr.left), this.emit(expr.right)];
    const known = this.#all([emitKnownTest(expr.left, left), emitKnownTest(expr.right, right)]);
    const { sign } = comparisons[expr.operator];
    const same = `sameBytes(${left.value}, ${left.length}, ${right.value}, ${right.length})`;
    const holds =
      expr.left.rep !== 'bytes'
        ? `${left.value} ${sign} ${right.value}`
        : sign === '=='
          ? same
          : `!${same}`;
    const value = known === '1' ? `i32(${holds}) << 1` : `${known} ? i32(${holds}) << 1 : 1`;
    return this.#tri(value, [left, right]);
  }

  #junction(expr: IrExpr & { kind: 'and' | 'or' }): EmittedValue {
    const operands = expr.operands.map((part) => this.emit(part));
    const [deciding, pick] = expr.kind === 'and' ? [0, 'min'] : [2, 'max'];
    const value = this.#let(
      't',
      'i32',
      operands.map((o) => o.value).reduce((a, b) => `${pick}<i32>(${a}, ${b})`),
    );
    const edge =
      this.#masks || !expr.timeful ? undefined : this.#emitDecidedEdge(value, deciding, operands);
    return {
      known: '1',
      value,
      length: '0',
      partial: '0',
      edge,
      mask: this.#mask(`${value} == 1`, operands, []),
    };
  }

  /**
   * Once decided, the latest edge of the operands that decide it; otherwise the earliest of all edges.
   */
  #emitDecidedEdge(value: string, deciding: number, operands: readonly EmittedValue[]): string {
    const edge = this.#let('e', 'i64', 'NEVER');
    this.line(`if (${value} == ${deciding}) {`);
    this.line(`  ${edge} = i64.MIN_VALUE;`);
    for (const { value: part, edge: own = 'NEVER' } of operands) {
      this.line(`  if (${part} == ${deciding} && ${own} > ${edge}) ${edge} = ${own};`);
    }
    this.line('} else {');
    for (const { edge: own } of operands) {
      if (own !== undefined) this.line(`  if (${own} < ${edge}) ${edge} = ${own};`);
    }
    this.line('}');
    return edge;
  }

  #quantifier(expr: IrExpr & { kind: 'quantifier' }): EmittedValue {
    const collection = this.emit(expr.collection);
    const [start, deciding, pick] = expr.any ? [0, 2, 'max'] : [2, 0, 'min'];
    const value = this.#let('t', 'i32', '1');
    const timed = expr.timeful && !this.#masks;
    const first = timed ? this.#let('e', 'i64', collection.edge ?? 'NEVER') : '';
    const last = timed ? this.#let('e', 'i64', 'i64.MIN_VALUE') : '';
    // Elements decide only while they are present.
    const decided = collection.edge === undefined ? last : `min<i64>(${last}, ${collection.edge})`;
    this.line(`if (${collection.known}) {`);
    this.#emitBlock(() => {
      this.line(`${value} = ${start};`);
      this.#forEach(expr, collection, () => {
        const body = this.emit(expr.body);
        this.line(`${value} = ${pick}<i32>(${value}, ${body.value});`);
        if (timed && body.edge !== undefined) {
          this.line(`if (${body.edge} < ${first}) ${first} = ${body.edge};`);
        }
        if (timed)
          this.line(
            `if (${body.value} == ${deciding} && ${body.edge ?? 'NEVER'} > ${last}) ${last} = ${body.edge ?? 'NEVER'};`,
          );
      });
    });
    this.line('}');
    const edge = timed
      ? this.#let('e', 'i64', `${value} == ${deciding} ? ${decided} : ${first}`)
      : undefined;
    let mask = '0';
    if (this.#masks) {
      mask = this.#let(
        'm',
        'u64',
        `${value} == 1 ? (${collection.known} ? ${this.#combineMasks(expr.reads)} : ${collection.mask}) : 0`,
      );
    }
    return { known: '1', value, length: '0', partial: '0', edge, mask };
  }

  #aggregate(expr: IrAggregate): EmittedValue {
    const collection = this.emit(expr.collection);
    const sums = expr.form === 'sum';
    const value = this.#let('w', 'i64', '0');
    // The upper half of a sum in 128 bits; of the smallest and the largest, whether there is a value.
    const other = this.#let('w', 'i64', '0');
    const known = this.#let('k', 'i32', collection.known);
    const timed = expr.timeful && !this.#masks;
    const edge = timed ? this.#let('e', 'i64', collection.edge ?? 'NEVER') : undefined;
    this.line(`if (${collection.known}) {`);
    this.#emitBlock(() => {
      this.#forEach(expr, collection, () => {
        const condition = expr.condition && this.emit(expr.condition);
        if (edge !== undefined && condition?.edge !== undefined)
          this.line(`if (${condition.edge} < ${edge}) ${edge} = ${condition.edge};`);
        if (condition !== undefined) this.line(`if (${condition.value} != 0) {`);
        this.#emitBlock(() => {
          const body = this.emit(expr.body);
          const isSure = condition === undefined ? '' : ` & i32(${condition.value} == 2)`;
          this.line(`${known} &= ${body.known}${isSure};`);
          if (sums) {
            const sum = this.#let('w', 'i64', `${value} + ${body.value}`);
            this.line(`${other} += (${body.value} >> 63) + i64(<u64>${sum} < <u64>${value});`);
            this.line(`${value} = ${sum};`);
          } else {
            const sign = expr.form === 'min' ? '<' : '>';
            this.line(
              `if (${other} == 0 || ${body.value} ${sign} ${value}) ${value} = ${body.value};`,
            );
            this.line(`${other} = 1;`);
          }
          if (edge !== undefined && body.edge !== undefined)
            this.line(`if (${body.edge} < ${edge}) ${edge} = ${body.edge};`);
        });
        if (condition !== undefined) this.line('}');
      });
    });
    this.line('}');
    this.line(`${known} &= i32(${other} == ${sums ? `${value} >> 63` : '1'});`);
    let mask = '0';
    if (this.#masks) {
      const bits = `(${collection.known} ? ${this.#combineMasks(expr.reads)} : ${collection.mask})`;
      mask = this.#let('m', 'u64', `${known} ? 0 : ${bits}`);
    }
    return { known, value, length: '0', partial: '0', edge, mask };
  }

  /** Emits a loop over the elements; the variable is the address of each. */
  #forEach(expr: IrQuantifier | IrAggregate, collection: EmittedValue, body: () => void): void {
    const { variable } = expr;
    const index = this.#fresh('at');
    this.line(`for (let ${index} = 0; ${index} < ${collection.length}; ${index} += 1) {`);
    this.#emitBlock(() => {
      const offset = `<usize>${index} * ${variable.stride}`;
      this.#variables.set(variable, this.#let('c', 'usize', `${collection.value} + ${offset}`));
      const marked = listIrOperands(expr).some(
        (part) => part !== expr.collection && allocates(part),
      );
      const mark = marked ? this.#let('a', 'usize', 'mark()') : undefined;
      body();
      if (mark !== undefined) this.line(`release(${mark});`);
    });
    this.line('}');
  }

  /** A value computed in a block is not available after it. */
  #emitBlock(body: () => void): void {
    const before = this.#indent;
    this.#indent += '  ';
    this.#known.push(new Map());
    body();
    this.#known.pop();
    this.#indent = before;
  }

  #if(expr: IrExpr & { kind: 'if' }): EmittedValue {
    const [condition, then, other] = [
      this.emit(expr.condition),
      this.emit(expr.then),
      this.emit(expr.else),
    ];
    const picked = this.#let('k', 'i32', `i32(${condition.value} == 2)`);
    const edge = this.#minEdge([condition, then, other], false);
    const pick = (a: string, b: string) => (a === b ? a : `(${picked} ? ${a} : ${b})`);
    if (expr.rep === 'tri') {
      const agree = `(${then.value} == ${other.value} ? ${then.value} : 1)`;
      const value = this.#let(
        't',
        'i32',
        `${condition.value} == 1 ? ${agree} : ${pick(then.value, other.value)}`,
      );
      return {
        known: '1',
        value,
        length: '0',
        partial: '0',
        edge,
        mask: this.#mask(`${value} == 1`, [condition, then, other], []),
      };
    }
    const same =
      expr.rep === 'word'
        ? `${then.value} == ${other.value}`
        : expr.rep === 'bytes'
          ? `sameBytes(${printPointerAndLength(then)}, ${printPointerAndLength(other)})`
          : expr.elements === undefined
            ? 'false'
            : `sameSet${expr.elements}(${printPointerAndLength(then)}, ${printPointerAndLength(other)})`;
    const whole = expr.rep === 'cells' ? ` & (${then.partial} ^ 1) & (${other.partial} ^ 1)` : '';
    const agree = `(${then.known} & ${other.known}${whole} & i32(${same}))`;
    const known = this.#let(
      'k',
      'i32',
      `${condition.value} == 1 ? ${agree} : ${pick(then.known, other.known)}`,
    );
    const value = this.#let(
      expr.rep === 'word' ? 'w' : 'p',
      expr.rep === 'word' ? 'i64' : 'usize',
      pick(then.value, other.value),
    );
    const length =
      expr.rep === 'word' ? '0' : this.#let('n', 'i32', pick(then.length, other.length));
    const partial =
      expr.rep === 'cells' ? this.#let('q', 'i32', pick(then.partial, other.partial)) : '0';
    return {
      known,
      value,
      length,
      partial,
      edge,
      mask: this.#mask(emitUnusable({ known, partial }), [condition, then, other], []),
    };
  }

  #else(expr: IrExpr & { kind: 'else' }): EmittedValue {
    const [value, fallback] = [this.emit(expr.value), this.emit(expr.fallback)];
    const usable = this.#let('k', 'i32', emitKnownTest(expr.value, value));
    const edge = this.#minEdge([value, fallback], false);
    const pick = (a: string, b: string) => (a === b ? a : `(${usable} ? ${a} : ${b})`);
    if (expr.rep === 'tri') {
      const name = this.#let('t', 'i32', pick(value.value, fallback.value));
      return {
        known: '1',
        value: name,
        length: '0',
        partial: '0',
        edge,
        mask: this.#mask(`${name} == 1`, [value, fallback], []),
      };
    }
    const known = this.#let('k', 'i32', `${usable} | ${fallback.known}`);
    const word = expr.rep === 'word';
    const picked = this.#let(
      word ? 'w' : 'p',
      word ? 'i64' : 'usize',
      pick(value.value, fallback.value),
    );
    const length = word ? '0' : this.#let('n', 'i32', pick(value.length, fallback.length));
    const partial =
      expr.rep === 'cells' ? this.#let('q', 'i32', pick(value.partial, fallback.partial)) : '0';
    return {
      known,
      value: picked,
      length,
      partial,
      edge,
      mask: this.#mask(emitUnusable({ known, partial }), [value, fallback], []),
    };
  }

  #set(expr: IrExpr & { kind: 'set' }): EmittedValue {
    const elements = expr.elements.map((element) => this.emit(element));
    const known = this.#let(
      'k',
      'i32',
      this.#all(
        expr.elements.map((element, i) => emitKnownTest(element, elements[i] as EmittedValue)),
      ),
    );
    const cells = this.#let('p', 'usize', `allocate(${expr.elements.length * cellBytes})`);
    const length = this.#let('n', 'i32', '0');
    this.line(`if (${known}) {`);
    for (const [index, element] of expr.elements.entries()) {
      const at = `${cells} + ${index * cellBytes}`;
      this.line(
        `  ${expr.holds === 'Bytes' ? 'storeBytes' : 'storeWord'}(${at}, ${emitOperand(element, elements[index] as EmittedValue)});`,
      );
    }
    this.line(`  ${length} = dedupe${expr.holds}(${cells}, ${expr.elements.length});`);
    this.line('}');
    const edge = this.#minEdge(elements, false);
    return {
      known,
      value: cells,
      length,
      partial: '0',
      edge,
      mask: this.#mask(`!${known}`, elements, []),
    };
  }
}

/** The cells that alone make an atom unknown, or `undefined` if the atom is not that simple. */
export function listComparedCells(expr: IrExpr): readonly IrCell[] | undefined {
  if (expr.kind === 'cell') return isIrEntry(expr.address.base) ? undefined : [expr];
  if (expr.kind !== 'compare' && expr.kind !== 'apply') return undefined;
  const operands = expr.kind === 'compare' ? [expr.left, expr.right] : expr.args;
  const varying = operands.filter(({ kind }) => kind !== 'const');
  const cells = varying
    .filter((operand) => operand.kind === 'cell')
    .filter(({ address }) => !isIrEntry(address.base));
  return cells.length === varying.length ? cells : undefined;
}
