// Emits the rules: a function for each condition, and `judge`, which evaluates them from the strictest
// effect down, stops where no further rule can change the answer, and collects reasons and edges.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import type { IrExpr } from '../../ir/expressions.ts';
import { groupByKey } from '../../ir/group-by.ts';
import type { IrModule, IrNarrowing, IrRule, IrScope, IrScore } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import { createJunction, negateExpr } from '../../lower/expressions.ts';
import type { Plan, PlannedPossibility } from '../../plan/plan.ts';
import { cellBytes } from '../data/cell-code.ts';
import type { StaticData } from '../data/static-data.ts';
import { type EmitOptions, ExpressionEmitter, type Masks } from '../expressions/expressions.ts';
import { formatWord } from '../expressions/locals.ts';
import { Atoms } from './atoms.ts';
import { emitFamilies } from './families.ts';
import { emitFiring } from './firing.ts';
import { describeOrigin } from './origin.ts';
import {
  emitPackedJudge,
  emitPlainJudge,
  isOfBits,
  isOfWords,
  isPlain,
  type PlainOptions,
} from './plain-judge.ts';
import { emitWhyLines, fillLines } from './reasons.ts';
import { RowData } from './row-data.ts';
import { type EmittedTrees, emitTrees } from './trees.ts';

/** The place of a reason: its family, which is first, and its row. */
const placeLayout = { family: 0, row: 4, size: 8 } as const;

export function emitJudge(
  ir: IrModule,
  plan: Plan,
  layout: MemoryLayout,
  data: StaticData,
  decidedIrExprs: ReadonlySet<IrExpr>,
  possibility?: IrModule,
): readonly string[] {
  return new Judge(ir, plan, layout, data).all(decidedIrExprs, possibility);
}

/** Emits the evaluation of the possibility form, whose reasons and narrowings the policy explains and merges. */
export function emitPossibility(
  { ir, plan }: PlannedPossibility,
  layout: MemoryLayout,
  data: StaticData,
): readonly string[] {
  return new Judge(ir, plan, layout, data).evaluation();
}

/**
 * For a policy that is judged by one pair of words of atoms and by words of facts: `repair`, which
 * updates the pair when one of the facts changed, and, if the atoms determine the answer, `packed`, which
 * computes an answer from them.
 */
export interface WordJudge {
  readonly lines: readonly string[];
  readonly isPacked: boolean;
}

/** `undefined` if the policy's answers depend on more. */
export function emitOfWords(
  ir: IrModule,
  plan: Plan,
  layout: MemoryLayout,
  data: StaticData,
  slots: ReadonlyMap<number, number>,
): WordJudge | undefined {
  return new Judge(ir, plan, layout, data).ofWords(slots);
}

class Judge {
  readonly #ir: IrModule;
  readonly #plan: Plan;
  readonly #layout: MemoryLayout;
  readonly #data: StaticData;
  readonly #trees: EmittedTrees;
  readonly #rows: RowData;
  readonly #atoms: Atoms;
  readonly #lines: string[] = [];

  constructor(ir: IrModule, plan: Plan, layout: MemoryLayout, data: StaticData) {
    this.#ir = ir;
    this.#plan = plan;
    this.#layout = layout;
    this.#data = data;
    this.#trees = emitTrees(ir, plan, layout.facts, data);
    this.#rows = new RowData(ir, layout, data, plan.families, this.#trees.families);
    this.#atoms = new Atoms(layout.atoms, plan.atoms);
  }

  /** `possibility`: rules whose values are merged as well. */
  all(decidedIrExprs: ReadonlySet<IrExpr>, possibility?: IrModule): readonly string[] {
    this.#conditions(decidedIrExprs);
    this.#constrain([
      ...collectNarrowings(this.#ir),
      ...(possibility === undefined ? [] : collectNarrowings(possibility)),
    ]);
    this.#judge();
    this.#explain();
    return this.#lines;
  }

  /** The atoms, the conditions and `judge`. */
  evaluation(): readonly string[] {
    this.#conditions(new Set());
    this.#judge();
    return this.#lines;
  }

  #conditions(decidedIrExprs: ReadonlySet<IrExpr>): void {
    const { scores } = this.#ir;
    const plain = isPlain(this.#ir, this.#plan);
    this.#add(
      ...this.#atoms.prepare(
        this.#layout.facts,
        this.#data,
        (scope) => this.#scopeTest(scope),
        decidedIrExprs,
      ),
    );
    for (const rule of this.#plan.direct) {
      if (plain && isOfBits(rule, this.#atoms)) continue;
      if (rule.inside === undefined)
        this.#condition(nameRule(rule), rule.condition, describeOrigin(rule.effect, rule.span));
      else this.#falling(rule, rule.inside);
    }
    this.#add(
      ...emitFamilies(this.#ir, this.#plan, this.#layout, this.#data),
      ...this.#trees.lines,
    );
    const asking = [
      ...this.#plan.families.map((_, index) => `askFamily${index}`),
      ...this.#trees.families.map((_, index) => `askTrees${index}`),
    ];
    if (asking.length > 0) {
      this.#add(
        `const families: StaticArray<(from: usize, to: usize) => void> = [${asking.join(', ')}];`,
      );
    }
    for (const [index, score] of scores.entries()) this.#score(index, score);
  }

  ofWords(slots: ReadonlyMap<number, number>): WordJudge | undefined {
    if (!isOfWords(this.#ir, this.#plan, slots)) return undefined;
    const packed = emitPackedJudge(this.#plan, this.#plainOptions());
    const { facts } = this.#layout;
    const lines = [
      ...(packed ?? []),
      'export function repair(slot: i32, value: i64, session: usize): bool {',
      '  switch (slot) {',
      ...this.#atoms.repairs(slots, facts, this.#data, (scope) => this.#scopeTest(scope)),
      '    default: return false;',
      '  }',
      '}',
    ];
    return { lines, isPacked: packed !== undefined };
  }

  #plainOptions(): PlainOptions {
    return {
      atoms: this.#atoms,
      data: this.#data,
      scoped: (entries, each) => this.#emitScoped(entries, each),
      scopeTest: (scope) => this.#scopeTest(scope),
      nameFunction: nameRule,
    };
  }

  #add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  /**
   * An emitter that uses what is decided already, which is valid where the rules are about the request.
   */
  #emitter(): ExpressionEmitter {
    return this.#emitting(undefined, this.#atoms);
  }

  #emitting(bits: Masks | undefined, atoms: Atoms | undefined): ExpressionEmitter {
    const { facts } = this.#layout;
    const options: EmitOptions = { facts, data: this.#data, bits, parameters: undefined, atoms };
    return new ExpressionEmitter(options);
  }

  /** Emits a function that returns 0, 1 or 2 and leaves its edge in `edgeA`. */
  #condition(name: string, condition: IrExpr, note: string): void {
    const emitter = this.#emitter();
    const local = emitter.emit(condition);
    this.#add(`// ${note}`, `function ${name}(): i32 {`, ...emitter.lines);
    if (condition.timeful) this.#add(`  edgeA = ${local.edge ?? 'NEVER'};`);
    this.#add(`  return ${local.value};`, '}');
  }

  /**
   * Emits a function that returns the condition, whether it is inside (× 4), what it falls to (× 16), and whether
   * lower values would keep it from falling (× 64); the edge of the rule's own contribution is in `edgeA`, that of the deny in `edgeB`.
   */
  #falling(rule: IrRule, insideExpr: IrExpr): void {
    const emitter = this.#emitter();
    const condition = emitter.emit(rule.condition);
    const inside = emitter.emit(insideExpr);
    const stands = emitter.emit(createJunction('and', [rule.condition, insideExpr]));
    const falls = emitter.emit(createJunction('and', [rule.condition, negateExpr(insideExpr)]));
    const suffices = rule.narrowing?.lowering?.suffices;
    const lowers = suffices && emitter.emit(createJunction('and', [rule.condition, suffices]));
    this.#add(
      `// ${describeOrigin(rule.effect, rule.span)}`,
      `function ${nameRule(rule)}(): i32 {`,
      ...emitter.lines,
    );
    this.#add(`  edgeA = ${stands.edge ?? 'NEVER'};`);
    const fallen = falls.edge ?? 'NEVER';
    const { mayConflict } = rule.narrowing ?? { mayConflict: false };
    const denied = mayConflict ? `min<i64>(${fallen}, edgeA)` : fallen;
    this.#add(
      `  edgeB = ${lowers?.edge === undefined ? denied : `min<i64>(${denied}, ${lowers.edge})`};`,
    );
    const fourth = lowers === undefined ? '' : ` | (${lowers.value} << 6)`;
    this.#add(
      `  return ${condition.value} | (${inside.value} << 2) | (${falls.value} << 4)${fourth};`,
      '}',
    );
  }

  // --- scores ------------------------------------------------------------------------------------

  #score(index: number, score: IrScore): void {
    for (const [at, { condition }] of score.conditions.entries()) {
      this.#condition(`score${index}_${at}`, condition, describeOrigin('score', score.span));
    }
    this.#add(
      `function score${index}(): void {`,
      '  let certain: i64 = 0;',
      '  let possible: i64 = 0;',
      '  let until: i64 = NEVER;',
    );
    for (const [at, { weight, condition }] of score.conditions.entries()) {
      this.#add(`  const c${at} = score${index}_${at}();`);
      if (condition.timeful) this.#add('  if (edgeA < until) until = edgeA;');
      this.#add(
        `  if (c${at} == 2) certain += ${weight};`,
        `  if (c${at} != 0) possible += ${weight};`,
      );
    }
    const emitFirings = (effect: EffectName, certainly: boolean) =>
      score.conditions.map(
        ({ reason }, at) =>
          `    if (c${at} ${certainly ? '== 2' : '!= 0'}) fire(${strictness(effect)}, ${reason}, i32(c${at} == 1), 0);`,
      );
    const inner: string[] = [];
    let branch = 'if';
    for (const [index, band] of [...score.bands.entries()].reverse()) {
      const above = score.bands[index + 1];
      const from = formatWord(band.from);
      if (band.effect === 'revoke') {
        this.#add('  boundRevoke(until);', '  boundDeny(until);');
        inner.push(
          `  ${branch} (certain >= ${from}) {`,
          ...emitFirings('revoke', true),
          `  } else if (possible >= ${from}) {`,
          ...emitFirings('deny', false),
        );
      } else if (band.narrowing !== undefined) {
        const emitter = this.#emitter();
        const inside = emitter.emit(band.narrowing.inside);
        const { id, mayDeny, mayConflict, lowering } = band.narrowing;
        const lowers = lowering && emitter.emit(lowering.suffices);
        const insideEdge = inside.edge ?? 'NEVER';
        const below = above === undefined ? '' : ` && possible < ${formatWord(above.from)}`;
        this.#add(
          ...emitter.lines,
          `  const reached = i32(possible >= ${from}${below}) << 1;`,
          `  const stands = edgeOfBoth(reached, until, ${inside.value}, ${insideEdge});`,
          '  boundNarrow(stands);',
        );
        if (mayDeny) {
          this.#add(`  boundDeny(edgeOfBoth(reached, until, 2 - ${inside.value}, ${insideEdge}));`);
        }
        if (mayConflict) this.#add('  boundDeny(stands);');
        if (lowers !== undefined) {
          this.#add(
            '  const certainly = certain == possible ? reached : 0;',
            `  boundDeny(edgeOfBoth(certainly, until, ${lowers.value}, ${lowers.edge ?? 'NEVER'}));`,
          );
        }
        inner.push(
          `  ${branch} (possible >= ${from}) {`,
          `    if (${inside.value} == 2) {`,
          `      const start = countFired(${strictness('narrow')});`,
          ...emitFirings('narrow', false).map((line) => `  ${line}`),
          `      addNarrow(${id}, start);`,
          '    } else {',
          ...(lowers === undefined
            ? []
            : [`      const start = countFired(${strictness('deny')});`]),
          ...emitFirings('deny', false).map((line) => `  ${line}`),
          ...(lowers === undefined
            ? []
            : [`      if (certainly == 2 && ${lowers.value} == 2) lowers(${id}, start);`]),
          '    }',
        );
      } else {
        this.#add(band.effect === 'deny' ? '  boundDeny(until);' : '  boundChallenge(until);');
        inner.push(`  ${branch} (possible >= ${from}) {`, ...emitFirings(band.effect, false));
      }
      branch = '} else if';
    }
    this.#add(...inner, '  }', '}');
  }

  // --- constraints -------------------------------------------------------------------------------

  /** Merges the values that a narrow sets into the constraints of the answer. */
  #constrain(narrowings: readonly IrNarrowing[]): void {
    const lowering = narrowings.filter((narrowing) => narrowing.lowering !== undefined);
    for (const narrowing of narrowings) {
      const emitter = this.#emitting(undefined, undefined);
      const merges = narrowing.settings.map(({ constraint, value }) => {
        const local = emitter.emit(value);
        const { merge, rep, holds } = this.#ir.constraints[constraint] ?? {
          merge: 'agree',
          rep: 'word',
          holds: 'Words',
        };
        const cell = this.#layout.constraints + constraint * cellBytes;
        if (rep === 'cells')
          return `  addConflicts(<u64>${merge === 'agree' ? 'agree' : 'intersect'}Set${holds}(${cell}, ${local.value}, ${local.length}) << ${constraint});`;
        if (rep === 'bytes')
          return `  addConflicts(<u64>agreeBytes(${cell}, ${local.value}, ${local.length}) << ${constraint});`;
        const scalar = rep === 'tri' ? `<i64>(${local.value} >> 1)` : local.value;
        return `  addConflicts(<u64>${merge}Word(${cell}, ${scalar}) << ${constraint});`;
      });
      this.#add(`function constrain${narrowing.id}(): void {`, ...emitter.lines, ...merges, '}');
    }
    for (const narrowing of lowering) this.#lower(narrowing);
    this.#add(
      'export function constrain(narrowing: i32): void {',
      '  switch (narrowing) {',
      ...narrowings.map(({ id }) => `    case ${id}: constrain${id}(); break;`),
      '    default:',
      '  }',
      '}',
      'export function listSetConstraints(narrowing: i32): u64 {',
      '  switch (narrowing) {',
      ...narrowings.map(({ id, settings }) => {
        const bits = settings.reduce(
          (all, setting) => all | (1n << BigInt(setting.constraint)),
          0n,
        );
        return `    case ${id}: return ${formatWord(bits)};`;
      }),
      '    default: return 0;',
      '  }',
      '}',
      'export function lower(narrowing: i32): i32 {',
      ...emitSwitch(
        'narrowing',
        lowering.map(({ id }) => `case ${id}: return lower${id}();`),
      ),
      '  return 0;',
      '}',
    );
  }

  /** Merges the values that exceed what a narrow sets into the offers; returns 1 if a set becomes empty. */
  #lower({ id, lowering }: IrNarrowing): void {
    const emitter = this.#emitting(undefined, undefined);
    const merges = (lowering?.paths ?? []).map(({ offer, within, value }) => {
      const test = `${emitter.emit(within).value} != 2`;
      const local = emitter.emit(value);
      const cell = this.#layout.offers + offer * cellBytes;
      const { rep = 'word', holds = 'Words' } =
        this.#ir.constraints[this.#ir.offers[offer]?.constraint ?? 0] ?? {};
      return rep === 'cells'
        ? `  if (${test}) isEmpty |= i32(${local.length} == 0) | intersectSet${holds}(${cell}, ${local.value}, ${local.length});`
        : `  if (${test}) smallestWord(${cell}, ${local.value});`;
    });
    this.#add(
      `function lower${id}(): i32 {`,
      '  let isEmpty = 0;',
      ...emitter.lines,
      ...merges,
      '  return isEmpty;',
      '}',
    );
  }

  // --- evaluation -----------------------------------------------------------------------------------

  #scopeTest(scope: IrScope): string {
    const test = (ids: readonly number[] | undefined, name: string) =>
      ids === undefined ? [] : [`(${ids.map((id) => `${name} == ${id}`).join(' || ') || 'false'})`];
    return [
      ...test(scope.subjects, 'subjectSelector'),
      ...test(scope.actions, 'actionSelector'),
      ...test(scope.resources, 'resourceSelector'),
    ].join(' && ');
  }

  /** Rules of one scope share its test. */
  #emitScoped<T extends { readonly scope: IrScope }>(
    entries: readonly T[],
    each: (entry: T) => readonly string[],
  ): readonly string[] {
    const groups = groupByKey(entries, ({ scope }) => this.#scopeTest(scope));
    return [...groups].flatMap(([test, group]) => {
      const lines = group.flatMap(each);
      return test === ''
        ? lines.map((line) => `  ${line}`)
        : [`  if (${test}) {`, ...lines.map((line) => `    ${line}`), '  }'];
    });
  }

  /** Calls a rule that does not fall to `deny`. */
  #ruleCall(rule: IrRule): readonly string[] {
    const edge = rule.condition.timeful ? 'edgeA' : 'NEVER';
    const lines = emitFiring(rule, edge, `${rule.reason}`);
    return [`{ const v = ${nameRule(rule)}(); ${lines.join(' ')} }`];
  }

  #judge(): void {
    if (isPlain(this.#ir, this.#plan))
      this.#add(...emitPlainJudge(this.#plan.direct, this.#plainOptions()));
    else this.#judgeInLists();
  }

  #judgeInLists(): void {
    const offers = collectNarrowings(this.#ir).some(
      (narrowing) => narrowing.lowering !== undefined,
    );
    this.#add(
      'function finish(invalid: bool): void {',
      ...(offers
        ? [
            '  const effect = conclude(invalid);',
            `  if (effect == ${strictness('narrow')}) resetConstraints();`,
            `  else if (effect == ${strictness('deny')} && !invalid) offer();`,
          ]
        : [`  if (conclude(invalid) == ${strictness('narrow')}) resetConstraints();`]),
      '}',
    );
    const by = (effect: IrRule['effect']) =>
      this.#plan.direct.filter((rule) => rule.effect === effect);
    const challenges = (mayDowngrade: boolean) =>
      by('challenge').filter((rule) => (rule.inside !== undefined) === mayDowngrade);
    const denied = `countFired(${strictness('deny')}) > 0${offers ? ' && !mayOffer()' : ''}`;
    const conflicting = collectNarrowings(this.#ir).some((narrowing) => narrowing.mayConflict);
    this.#add(
      'export function judge(invalid: bool): void {',
      '  beginJudging();',
      ...this.#emitScoped(by('revoke'), (rule) => this.#ruleCall(rule)),
      ...this.#evaluateRows('revoke'),
      ...this.#emitScoped(this.#ir.scores, (score) => [
        `score${this.#ir.scores.indexOf(score)}();`,
      ]),
      `  if (invalid || countFired(${strictness('revoke')}) > 0) { finish(invalid); return; }`,
      ...this.#emitScoped(by('deny'), (rule) => this.#ruleCall(rule)),
      ...this.#evaluateRows('deny'),
      ...this.#emitScoped(by('narrow'), (rule) => this.#fallingCall(rule, 'boundNarrow')),
      ...this.#emitScoped(challenges(true), (rule) => this.#fallingCall(rule, 'boundChallenge')),
      ...(conflicting ? ['  settleConflicts();'] : []),
      `  if (${denied}) { finish(false); return; }`,
      ...this.#emitScoped(by('permit'), (rule) => this.#ruleCall(rule)),
      ...this.#evaluateRows('permit'),
      ...this.#emitScoped(challenges(false), (rule) => this.#ruleCall(rule)),
      ...this.#evaluateRows('challenge'),
      '  finish(false);',
      '}',
    );
  }

  /** Evaluates the rows of the families with this effect. */
  #evaluateRows(effect: IrRule['effect']): readonly string[] {
    const index = this.#rows.index(effect);
    if (index === undefined) return [];
    return [
      `  askRows(${index}, changetype<usize>(families), subjectSelector, actionSelector, resourceSelector);`,
    ];
  }

  #fallingCall(rule: IrRule, bound: string): readonly string[] {
    const { narrowing, reason } = rule;
    const fires = rule.skipUnknown ? 'c == 2' : 'c != 0';
    return [
      `{ const v = ${nameRule(rule)}(); const c = v & 3;`,
      `  ${bound}(edgeA);`,
      ...(narrowing?.mayDeny === false ? [] : ['  boundDeny(edgeB);']),
      `  if (${fires}) {`,
      '    if (((v >> 2) & 3) == 2) {',
      ...(narrowing === undefined
        ? [`      fire(${strictness('challenge')}, ${reason}, i32(c == 1), 0);`]
        : [
            `      const start = countFired(${strictness('narrow')});`,
            `      fire(${strictness('narrow')}, ${reason}, i32(c == 1), 0);`,
            `      addNarrow(${narrowing.id}, start);`,
          ]),
      ...(narrowing?.lowering === undefined
        ? [`    } else fire(${strictness('deny')}, ${reason}, i32((v >> 4) == 1), 1);`]
        : [
            '    } else {',
            `      const start = countFired(${strictness('deny')});`,
            `      fire(${strictness('deny')}, ${reason}, i32(((v >> 4) & 3) == 1), 1);`,
            `      if ((v >> 6) == 2) lowers(${narrowing.id}, start);`,
            '    }',
          ]),
      '  } }',
    ];
  }

  // --- explaining --------------------------------------------------------------------------------

  /** A reason has functions of its own, or the functions of its family for its row. */
  #explain(): void {
    const places = this.#rows.places();
    const [whys, fills]: [string[], string[]] = [[], []];
    for (const [index, reason] of this.#ir.reasons.entries()) {
      if (places.has(index)) continue;
      this.#add(`function why${index}(falls: bool): u64 {`);
      this.#add(...emitWhyLines(reason, (bits) => this.#emitting(bits, this.#atoms)), '}');
      whys.push(`case ${index}: return why${index}(falls);`);
      const filling = fillLines(
        this.#emitting(undefined, undefined),
        reason,
        (kind, at) => `${this.#layout[kind] + at * cellBytes}`,
      );
      if (filling.length === 0) continue;
      this.#add(`function fill${index}(): void {`, ...filling, '}');
      fills.push(`case ${index}: return fill${index}();`);
    }
    const { families } = this.#plan;
    const ofFamilies = [
      ...families.map((_, family) => `familyWhy${family}`),
      ...this.#trees.families.map(() => 'treeWhy'),
    ];
    const rows = this.#rowsOfReasons(places);
    this.#add(
      'export function why(reason: i32, falls: bool): u64 {',
      ...emitSwitch('reason', whys),
      ...rows(ofFamilies.map((name, family) => `case ${family}: return ${name}(row, falls);`)),
      '  return 0;',
      '}',
      'export function fill(reason: i32): void {',
      ...emitSwitch('reason', fills),
      ...rows(families.map((_, family) => `case ${family}: return familyFill${family}(row);`)),
      '}',
    );
  }

  /** Emits the look-up of a reason's row, and the choice by its family. */
  #rowsOfReasons(places: ReturnType<RowData['places']>) {
    if (places.size === 0) return () => [];
    // A reason without a row belongs to no family: it would use the start of memory as its row.
    const none = this.#plan.families.length + this.#trees.families.length;
    const words = this.#ir.reasons.flatMap((_, index) => {
      const { family, row } = places.get(index) ?? { family: none, row: 0 };
      return [family, row];
    });
    const table = this.#data.words(words);
    return (cases: readonly string[]) => [
      `  const entry: usize = ${table} + <usize>reason * ${placeLayout.size};`,
      `  const row: usize = load<u32>(entry, ${placeLayout.row});`,
      ...emitSwitch(`load<i32>(entry, ${placeLayout.family})`, cases),
    ];
  }
}

function collectNarrowings({ rules, scores }: IrModule): readonly IrNarrowing[] {
  return [
    ...rules.flatMap(({ narrowing }) => narrowing ?? []),
    ...scores.flatMap(({ bands }) => bands.flatMap(({ narrowing }) => narrowing ?? [])),
  ];
}

function emitSwitch(value: string, cases: readonly string[]): readonly string[] {
  if (cases.length === 0) return [];
  return [`  switch (${value}) {`, ...cases.map((each) => `    ${each}`), '    default:', '  }'];
}

/** The name of a rule of the policy, by its reason, which is unique. */
function nameRule({ reason }: IrRule): string {
  return `rule${reason}`;
}
