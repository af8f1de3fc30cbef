// Emits `judge` for a policy whose answers need no lists: each rule has code of its own, none falls to
// `deny`, none narrows, and there are no scores. The rules that fire with an effect are the bits of a
// word, and edges are locals.

import { answerFlags, type EffectName, strictness } from '@nhipol/runtime/abi';
import { asksHistory } from '../../ir/history.ts';
import type { IrModule, IrRule, IrScope } from '../../ir/ir.ts';
import type { Plan } from '../../plan/plan.ts';
import { collectUndecidedCells } from '../../plan/read-cells.ts';
import type { StaticData } from '../data/static-data.ts';
import { emitTruthTest } from '../expressions/truth-tests.ts';
import type { Atoms } from './atoms.ts';

const wordBits = 64;

export function isPlain(ir: IrModule, { direct, families, trees }: Plan): boolean {
  return (
    families.length === 0 &&
    trees.length === 0 &&
    ir.scores.length === 0 &&
    direct.length <= wordBits &&
    direct.every(({ inside, narrowing }) => inside === undefined && narrowing === undefined)
  );
}

export interface PlainOptions {
  readonly atoms: Atoms;
  readonly data: StaticData;
  readonly scoped: <T extends { readonly scope: IrScope }>(
    entries: readonly T[],
    each: (entry: T) => readonly string[],
  ) => readonly string[];
  /** Whether the request is in the scope. */
  readonly scopeTest: (scope: IrScope) => string;
  /** The function that returns a rule's value, and leaves its edge in `edgeA`. */
  readonly nameFunction: (rule: IrRule) => string;
}

export function emitPlainJudge(rules: readonly IrRule[], options: PlainOptions): readonly string[] {
  return new PlainJudge(rules, options).all();
}

/** In a packed answer, the flags are above the effect, and the rules that fired are above the flags. */
const packedBits = 28;

/** Whether rules read only one pair of words of atoms and these cells. */
export function isOfWords(ir: IrModule, plan: Plan, cells: ReadonlyMap<number, number>): boolean {
  const { direct, atoms } = plan;
  return (
    isPlain(ir, plan) &&
    ir.tables.length === 0 &&
    !asksHistory(ir) &&
    atoms.length <= wordBits &&
    [...collectUndecidedCells(direct, new Set(atoms.map(({ expr }) => expr)))].every((cell) =>
      cells.has(cell),
    )
  );
}

/**
 * `emitPacked`: the same for rules of words that never change with time, as a number that identifies the
 * answer. `undefined` if the rules are not of this form.
 */
export function emitPackedJudge(plan: Plan, options: PlainOptions): readonly string[] | undefined {
  const { direct } = plan;
  const isPacked =
    direct.length <= packedBits &&
    direct.every((rule) => !rule.condition.timeful && isOfBits(rule, options.atoms));
  return isPacked ? new PlainJudge(direct, options).emitPacked() : undefined;
}

/** Whether bits alone determine a rule, so that it has no function. */
export function isOfBits({ condition }: IrRule, atoms: Atoms): boolean {
  return emitTruthTest('sure', condition, atoms) !== undefined;
}

class PlainJudge {
  readonly #options: PlainOptions;
  readonly #rules: readonly IrRule[];

  constructor(rules: readonly IrRule[], options: PlainOptions) {
    this.#rules = rules;
    this.#options = options;
  }

  all(): readonly string[] {
    const { revokes, denies, permits, challenges, falling } = this.#groups();
    const denying = [...denies, ...falling];
    return [
      'export function judge(invalid: bool): void {',
      ...this.#words(),
      ...this.#rules
        .filter((rule) => !this.#isBits(rule))
        .map((rule) => `  let v${rule.reason} = 0;`),
      '  let until: i64 = NEVER;',
      ...this.#level('revoked', revokes, (rule) => this.#sure(rule)),
      ...(revokes.length === 0
        ? []
        : [
            `  if (revoked != 0) { answer(${strictness('revoke')}, invalid ? ${answerFlags.invalid} : 0, NEVER, revoked, 0, ${this.#reasons(revokes)}); return; }`,
          ]),
      `  if (invalid) { answer(${strictness('deny')}, ${answerFlags.invalid}, until, 0, 0, 0); return; }`,
      ...this.#level('denied', denies, (rule) => this.#fires(rule), falling),
      ...this.#emitConclusion('denied', 'deny', denying, 'until'),
      ...this.#permits(permits),
      `  if (permitted == 0) { answer(${strictness('deny')}, ${answerFlags.defaultDeny}, min<i64>(until, untilPermits), 0, 0, 0); return; }`,
      ...this.#level('challenged', challenges, (rule) => this.#fires(rule)),
      ...this.#emitConclusion('challenged', 'challenge', challenges, 'min<i64>(until, lastPermit)'),
      `  answer(${strictness('permit')}, 0, min<i64>(until, untilPermits), permitted, 0, ${this.#reasons(permits)});`,
      '}',
    ];
  }

  /** Without branches, because the answer of one session does not predict the answer of the next. */
  emitPacked(): readonly string[] {
    const { revokes, denies, permits, challenges, falling } = this.#groups();
    const word = (rules: readonly IrRule[], fires: (rule: IrRule) => string) =>
      rules.map((rule, bit) => `<u32>${this.#inScope(rule, fires(rule))} << ${bit}`).join(' | ') ||
      '0';
    const fires = (rule: IrRule) => this.#fires(rule);
    const sure = (rule: IrRule) => this.#sure(rule);
    return [
      '@inline',
      'export function packed(sure0: u64, may0: u64, subjectSelector: i32, actionSelector: i32, resourceSelector: i32): u32 {',
      `  const revoked: u32 = ${word(revokes, sure)};`,
      `  const denied: u32 = ${word([...denies, ...falling], fires)};`,
      `  const permitted: u32 = ${word(permits, sure)};`,
      `  const challenged: u32 = ${word(challenges, fires)};`,
      `  let found = select<u32>(${strictness('challenge')} | challenged << 4, permitted << 4, challenged != 0);`,
      `  found = select<u32>(found, ${strictness('deny')} | ${answerFlags.defaultDeny} << 3, permitted != 0);`,
      `  found = select<u32>(${strictness('deny')} | denied << 4, found, denied != 0);`,
      `  return select<u32>(${strictness('revoke')} | revoked << 4, found, revoked != 0);`,
      '}',
    ];
  }

  #inScope({ scope }: IrRule, test: string): string {
    const about = this.#options.scopeTest(scope).replaceAll('&&', '&').replaceAll('||', '|');
    return about === '' ? `(${test})` : `(i32(${about}) & i32(${test}))`;
  }

  #groups() {
    const [revokes, denies] = [this.#by('revoke'), this.#by('deny')];
    const [permits, challenges] = [this.#by('permit'), this.#by('challenge')];
    // A revoke that is unknown is a deny.
    const falling = revokes.filter(({ skipUnknown }) => !skipUnknown);
    return { revokes, denies, permits, challenges, falling };
  }

  #by(effect: EffectName): readonly IrRule[] {
    return this.#rules.filter((rule) => rule.effect === effect);
  }

  #isBits(rule: IrRule): boolean {
    return isOfBits(rule, this.#options.atoms);
  }

  /** The words of atoms that rules read. */
  #words(): readonly string[] {
    const { atoms } = this.#options;
    const tests = this.#rules.map((rule) => `${this.#sure(rule)} ${this.#may(rule)}`);
    const pairs = new Set(
      [...tests.join(' ').matchAll(/\b(?:sure|may)(\d+)/g)].map(([, pair]) => Number(pair)),
    );
    return [...pairs].sort((a, b) => a - b).flatMap((pair) => atoms.load(pair));
  }

  #sure(rule: IrRule): string {
    return emitTruthTest('sure', rule.condition, this.#options.atoms) ?? `v${rule.reason} == 2`;
  }

  #may(rule: IrRule): string {
    return emitTruthTest('may', rule.condition, this.#options.atoms) ?? `v${rule.reason} != 0`;
  }

  #fires(rule: IrRule): string {
    return rule.skipUnknown ? this.#sure(rule) : this.#may(rule);
  }

  #value(rule: IrRule): readonly string[] {
    return this.#isBits(rule) ? [] : [`v${rule.reason} = ${this.#options.nameFunction(rule)}();`];
  }

  /** A word with a bit for each rule that fires; the bits of `others` follow, and are decided already. */
  #level(
    name: string,
    rules: readonly IrRule[],
    fires: (rule: IrRule) => string,
    others: readonly IrRule[] = [],
  ): readonly string[] {
    if (rules.length + others.length === 0) return [];
    const bits = new Map([...rules, ...others].map((rule, bit) => [rule, bit]));
    const bound = (rule: IrRule) =>
      rule.condition.timeful ? ['if (edgeA < until) until = edgeA;'] : [];
    const firing = (rule: IrRule) => `${name} |= <u64>(${fires(rule)}) << ${bits.get(rule)};`;
    return [
      `  let ${name}: u64 = 0;`,
      ...this.#options.scoped(rules, (rule) => [
        ...this.#value(rule),
        ...bound(rule),
        firing(rule),
      ]),
      ...this.#options.scoped(others, (rule) => [firing(rule)]),
    ];
  }

  #emitConclusion(
    name: string,
    effect: EffectName,
    rules: readonly IrRule[],
    until: string,
  ): readonly string[] {
    if (rules.length === 0) return [];
    const certain = rules.map((rule, bit) => `<u64>(${this.#sure(rule)}) << ${bit}`);
    return [
      `  if (${name} != 0) {`,
      `    const certain: u64 = ${certain.join(' | ')};`,
      `    answer(${strictness(effect)}, 0, ${until}, ${name}, ${name} & ~certain, ${this.#reasons(rules)});`,
      '    return;',
      '  }',
    ];
  }

  #permits(permits: readonly IrRule[]): readonly string[] {
    return [
      '  let permitted: u64 = 0;',
      '  let untilPermits: i64 = NEVER;',
      '  let lastPermit: i64 = i64.MIN_VALUE;',
      ...this.#options.scoped(permits, (rule) => {
        const bit = permits.indexOf(rule);
        const { timeful } = rule.condition;
        if (!timeful) {
          const lasts = `if (permitted & ${1n << BigInt(bit)}) lastPermit = NEVER;`;
          return [
            ...this.#value(rule),
            `permitted |= <u64>(${this.#sure(rule)}) << ${bit};`,
            lasts,
          ];
        }
        return [
          ...this.#value(rule),
          'if (edgeA < untilPermits) untilPermits = edgeA;',
          `if (${this.#sure(rule)}) { permitted |= ${1n << BigInt(bit)}; if (edgeA > lastPermit) lastPermit = edgeA; }`,
        ];
      }),
    ];
  }

  #reasons(rules: readonly IrRule[]): number {
    return this.#options.data.words(rules.map(({ reason }) => reason));
  }
}
