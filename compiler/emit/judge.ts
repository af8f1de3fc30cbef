// The rules: a function for each condition, and `judge`, which asks them from the strictest effect
// down, stops where nothing below could matter, and gathers reasons and edges.

import type { IrExpr, IrModule, IrNarrowing, IrRule, IrScope, IrScore } from '../ir.ts';
import { junction, not } from '../lower/expressions.ts';
import { type EmitOptions, ExpressionEmitter } from './expressions.ts';
import type { MemoryLayout } from './layout.ts';
import { type Local, operand, pairOf, usable, word } from './locals.ts';
import type { StaticData } from './static-data.ts';

export function emitJudge(ir: IrModule, layout: MemoryLayout, data: StaticData): readonly string[] {
  return new Judge(ir, layout, data).all();
}

class Judge {
  readonly #ir: IrModule;
  readonly #layout: MemoryLayout;
  readonly #data: StaticData;
  readonly #lines: string[] = [];

  constructor(ir: IrModule, layout: MemoryLayout, data: StaticData) {
    this.#ir = ir;
    this.#layout = layout;
    this.#data = data;
  }

  all(): readonly string[] {
    const { rules, scores } = this.#ir;
    for (const [index, rule] of rules.entries()) {
      if (rule.inside === undefined)
        this.#condition(
          `rule${index}`,
          rule.condition,
          `${rule.effect} at ${rule.span.file}:${rule.span.start}`,
        );
      else this.#falling(index, rule, rule.inside);
    }
    for (const [index, score] of scores.entries()) this.#score(index, score);
    this.#constrain();
    this.#judge();
    this.#explain();
    return this.#lines;
  }

  #add(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  #emitter(bits?: ReadonlyMap<string, number>): ExpressionEmitter {
    const options: EmitOptions = { facts: this.#layout.facts, data: this.#data, bits };
    return new ExpressionEmitter(options);
  }

  /** Gives 0, 1 or 2 and leaves its edge in `edgeA`. */
  #condition(name: string, condition: IrExpr, note: string): void {
    const emitter = this.#emitter();
    const local = emitter.emit(condition);
    this.#add(`// ${note}`, `function ${name}(): i32 {`, ...emitter.lines);
    if (condition.timeful) this.#add(`  edgeA = ${local.edge ?? 'NEVER'};`);
    this.#add(`  return ${local.value};`, '}');
  }

  /**
   * Gives the condition, whether it stands inside (× 4) and what it falls to (× 16); the edges of
   * the half that stands in `edgeA`, of the deny half in `edgeB`.
   */
  #falling(index: number, rule: IrRule, insideExpr: IrExpr): void {
    const emitter = this.#emitter();
    const condition = emitter.emit(rule.condition);
    const inside = emitter.emit(insideExpr);
    const stands = emitter.emit(junction('and', [rule.condition, insideExpr]));
    const falls = emitter.emit(junction('and', [rule.condition, not(insideExpr)]));
    this.#add(
      `// ${rule.effect} at ${rule.span.file}:${rule.span.start}`,
      `function rule${index}(): i32 {`,
      ...emitter.lines,
    );
    this.#add(`  edgeA = ${stands.edge ?? 'NEVER'};`);
    const fallen = falls.edge ?? 'NEVER';
    const { mayConflict } = rule.narrowing ?? { mayConflict: false };
    this.#add(`  edgeB = ${mayConflict ? `min<i64>(${fallen}, edgeA)` : fallen};`);
    this.#add(`  return ${condition.value} | (${inside.value} << 2) | (${falls.value} << 4);`, '}');
  }

  // --- scores ------------------------------------------------------------------------------------

  #score(index: number, score: IrScore): void {
    for (const [at, { condition }] of score.conditions.entries()) {
      this.#condition(
        `score${index}_${at}`,
        condition,
        `score at ${score.span.file}:${score.span.start}`,
      );
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
    const counted = (effect: number, certainly: boolean) =>
      score.conditions.map(
        ({ reason }, at) =>
          `    if (c${at} ${certainly ? '== 2' : '!= 0'}) fire(${effect}, ${reason}, i32(c${at} == 1), 0);`,
      );
    const inner: string[] = [];
    let branch = 'if';
    for (const [index, band] of [...score.bands.entries()].reverse()) {
      const above = score.bands[index + 1];
      const from = word(band.from);
      if (band.effect === 'revoke') {
        this.#add('  boundRevoke(until);', '  boundDeny(until);');
        inner.push(
          `  ${branch} (certain >= ${from}) {`,
          ...counted(4, true),
          `  } else if (possible >= ${from}) {`,
          ...counted(3, false),
        );
      } else if (band.narrowing !== undefined) {
        const emitter = this.#emitter();
        const inside = emitter.emit(band.narrowing.inside);
        const { mayDeny, mayConflict } = band.narrowing;
        const insideEdge = inside.edge ?? 'NEVER';
        const below = above === undefined ? '' : ` && possible < ${word(above.from)}`;
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
        inner.push(
          `  ${branch} (possible >= ${from}) {`,
          `    if (${inside.value} == 2) {`,
          '      const start = firedAt(1);',
          ...counted(1, false).map((line) => `  ${line}`),
          `      narrowed(${band.narrowing.id}, start);`,
          '    } else {',
          ...counted(3, false).map((line) => `  ${line}`),
          '    }',
        );
      } else {
        const effect = band.effect === 'deny' ? 3 : 2;
        this.#add(band.effect === 'deny' ? '  boundDeny(until);' : '  boundChallenge(until);');
        inner.push(`  ${branch} (possible >= ${from}) {`, ...counted(effect, false));
      }
      branch = '} else if';
    }
    this.#add(...inner, '  }', '}');
  }

  // --- constraints -------------------------------------------------------------------------------

  #narrowings(): readonly IrNarrowing[] {
    return [
      ...this.#ir.rules.flatMap((rule) => (rule.narrowing === undefined ? [] : [rule.narrowing])),
      ...this.#ir.scores.flatMap((score) =>
        score.bands.flatMap((band) => (band.narrowing === undefined ? [] : [band.narrowing])),
      ),
    ];
  }

  /** Merges what a narrow sets into the answer's constraints. */
  #constrain(): void {
    const narrowings = this.#narrowings();
    for (const narrowing of narrowings) {
      const emitter = this.#emitter();
      const merges = narrowing.settings.map(({ constraint, value }) => {
        const local = emitter.emit(value);
        const { merge, rep, holds } = this.#ir.constraints[constraint] ?? {
          merge: 'agree',
          rep: 'word',
          holds: 'Words',
        };
        const cell = this.#layout.constraints + constraint * 16;
        if (rep === 'cells')
          return `  conflicts |= <u64>${merge === 'agree' ? 'agree' : 'intersect'}Set${holds}(${cell}, ${local.value}, ${local.length}) << ${constraint};`;
        if (rep === 'bytes')
          return `  conflicts |= <u64>agreeBytes(${cell}, ${local.value}, ${local.length}) << ${constraint};`;
        const scalar = rep === 'tri' ? `<i64>(${local.value} >> 1)` : local.value;
        return `  conflicts |= <u64>${merge}Word(${cell}, ${scalar}) << ${constraint};`;
      });
      this.#add(`function constrain${narrowing.id}(): void {`, ...emitter.lines, ...merges, '}');
    }
    this.#add(
      'function constrain(narrowing: i32): void {',
      '  switch (narrowing) {',
      ...narrowings.map(({ id }) => `    case ${id}: constrain${id}(); break;`),
      '    default:',
      '  }',
      '}',
      'function setBy(narrowing: i32): u64 {',
      '  switch (narrowing) {',
      ...narrowings.map(({ id, settings }) => {
        const bits = settings.reduce(
          (all, setting) => all | (1n << BigInt(setting.constraint)),
          0n,
        );
        return `    case ${id}: return ${word(bits)};`;
      }),
      '    default: return 0;',
      '  }',
      '}',
    );
  }

  // --- judging -----------------------------------------------------------------------------------

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
  #scoped<T extends { readonly scope: IrScope }>(
    entries: readonly T[],
    each: (entry: T) => readonly string[],
  ): readonly string[] {
    const groups = new Map<string, T[]>();
    for (const entry of entries) {
      const test = this.#scopeTest(entry.scope);
      groups.set(test, [...(groups.get(test) ?? []), entry]);
    }
    return [...groups].flatMap(([test, group]) => {
      const lines = group.flatMap(each);
      return test === ''
        ? lines.map((line) => `  ${line}`)
        : [`  if (${test}) {`, ...lines.map((line) => `    ${line}`), '  }'];
    });
  }

  #call(rule: IrRule, bound: string, body: string): readonly string[] {
    const name = `rule${this.#ir.rules.indexOf(rule)}`;
    const edges = rule.condition.timeful ? ` ${bound}(edgeA);` : '';
    return [`{ const v = ${name}();${edges} ${body} }`];
  }

  #judge(): void {
    const by = (effect: IrRule['effect']) =>
      this.#ir.rules.filter((rule) => rule.effect === effect);
    const challenges = (mayFall: boolean) =>
      by('challenge').filter((rule) => (rule.inside !== undefined) === mayFall);
    const possible = (rule: IrRule) => (rule.skipUnknown ? 'v == 2' : 'v != 0');
    const conflicting = this.#narrowings().some((narrowing) => narrowing.mayConflict);
    this.#add(
      'function judge(invalid: bool): void {',
      '  beginJudging();',
      ...this.#scoped(by('revoke'), (rule) =>
        this.#call(
          rule,
          'boundRevoke',
          `if (v == 2) fire(4, ${rule.reason}, 0, 0);${rule.skipUnknown ? '' : ` else if (v == 1) fire(3, ${rule.reason}, 1, 0);`}`,
        ),
      ),
      ...this.#scoped(this.#ir.scores, (score) => [`score${this.#ir.scores.indexOf(score)}();`]),
      '  if (invalid || firedAt(4) > 0) { finish(invalid); return; }',
      ...this.#scoped(by('deny'), (rule) =>
        this.#call(
          rule,
          'boundDeny',
          `if (${possible(rule)}) fire(3, ${rule.reason}, i32(v == 1), 0);`,
        ),
      ),
      ...this.#scoped(by('narrow'), (rule) => this.#fallingCall(rule, 'boundNarrow')),
      ...this.#scoped(challenges(true), (rule) => this.#fallingCall(rule, 'boundChallenge')),
      ...(conflicting ? ['  settleConflicts();'] : []),
      '  if (firedAt(3) > 0) { finish(false); return; }',
      ...this.#scoped(by('permit'), (rule) => {
        const edge = rule.condition.timeful ? 'edgeA' : 'NEVER';
        const all = rule.condition.timeful ? ' boundPermits(edgeA);' : '';
        const name = `rule${this.#ir.rules.indexOf(rule)}`;
        return [
          `{ const v = ${name}();${all} if (v == 2) { fire(0, ${rule.reason}, 0, 0); permitLasts(${edge}); } }`,
        ];
      }),
      ...this.#scoped(challenges(false), (rule) =>
        this.#call(
          rule,
          'boundChallenge',
          `if (${possible(rule)}) fire(2, ${rule.reason}, i32(v == 1), 0);`,
        ),
      ),
      '  finish(false);',
      '}',
    );
  }

  #fallingCall(rule: IrRule, bound: string): readonly string[] {
    const { narrowing, reason } = rule;
    const fires = rule.skipUnknown ? 'c == 2' : 'c != 0';
    return [
      `{ const v = rule${this.#ir.rules.indexOf(rule)}(); const c = v & 3;`,
      `  ${bound}(edgeA);`,
      ...(narrowing?.mayDeny === false ? [] : ['  boundDeny(edgeB);']),
      `  if (${fires}) {`,
      '    if (((v >> 2) & 3) == 2) {',
      ...(narrowing === undefined
        ? [`      fire(2, ${reason}, i32(c == 1), 0);`]
        : [
            '      const start = firedAt(1);',
            `      fire(1, ${reason}, i32(c == 1), 0);`,
            `      narrowed(${narrowing.id}, start);`,
          ]),
      `    } else fire(3, ${reason}, i32((v >> 4) == 1), 1);`,
      '  } }',
    ];
  }

  // --- explaining --------------------------------------------------------------------------------

  #explain(): void {
    const masked: string[] = [];
    const filled: string[] = [];
    for (const [index, reason] of this.#ir.reasons.entries()) {
      const bits = new Map(reason.unknown.map((path, bit) => [path, bit]));
      const emitter = this.#emitter(bits);
      const condition = emitter.emit(reason.condition);
      const falls = reason.falls && emitter.emit(reason.falls);
      const value =
        falls === undefined ? condition.mask : `falls ? ${falls.mask} : ${condition.mask}`;
      this.#add(
        `function why${index}(falls: bool): u64 {`,
        ...emitter.lines,
        `  return ${value};`,
        '}',
      );
      masked.push(`    case ${index}: return why${index}(falls);`);
      const { placeholders, properties } = reason;
      if (placeholders.length + properties.length === 0) continue;
      const placing = this.#emitter();
      const stores = [
        ...placeholders.map(({ index: at, value: expr }) =>
          storing(expr, placing.emit(expr), this.#layout.placeholders + at * 16),
        ),
        ...properties.map(({ index: at, value: expr }) =>
          storing(expr, placing.emit(expr), this.#layout.properties + at * 16),
        ),
      ];
      this.#add(`function fill${index}(): void {`, ...placing.lines, ...stores, '}');
      filled.push(`    case ${index}: fill${index}(); break;`);
    }
    this.#add(
      'function why(reason: i32, falls: bool): u64 {',
      '  switch (reason) {',
      ...masked,
      '    default: return 0;',
      '  }',
      '}',
      'function fill(reason: i32): void {',
      '  switch (reason) {',
      ...filled,
      '    default:',
      '  }',
      '}',
    );
  }
}

/** Puts a value into a cell; a set that memory did not suffice for is as good as unknown. */
function storing(expr: IrExpr, local: Local, cell: number): string {
  const known = usable(expr, local);
  const store =
    expr.rep === 'cells'
      ? `storeCollection(${cell}, ${pairOf(local)}, false)`
      : `store${expr.rep === 'bytes' ? 'Bytes' : 'Word'}(${cell}, ${operand(expr, local)})`;
  return `  if (${known} && !exhausted) ${store}; else storeUnknown(${cell});`;
}
