// Rules that are never among the reasons of an answer as what they are: a narrow or a challenge
// beside which nothing can permit, and a rule beside which a stricter one always fires.

import type { Expr, Rule } from '../model.ts';
import { readsOf } from '../reads.ts';
import { type Analysis, othersLimit } from './analysis.ts';
import { type Claim, isConflict } from './assumptions.ts';
import { isRestricting, isStricter, type Judged, put } from './judged.ts';
import { claimsOf, covers, overlap, ScopeIndex } from './scopes.ts';
import { isTrue, type Worth, whatever } from './worth.ts';

/** `dead`: those of which it has been told that they never fire. */
export function warnOfWins(analysis: Analysis, dead: ReadonlySet<Judged>): void {
  const shadows = new Shadows(analysis);
  for (const judged of analysis.judged) {
    if (judged.rule === undefined || dead.has(judged)) continue;
    if (!warnOfLosing(analysis, judged, judged.rule)) shadows.warn(judged, judged.rule);
  }
}

// --- never-wins ----------------------------------------------------------------------------------

/** Whether there was something to warn of. */
function warnOfLosing(analysis: Analysis, judged: Judged, rule: Rule): boolean {
  if (judged.effect !== 'narrow' && judged.effect !== 'challenge') return false;
  const { found, whole } = analysis.permitsBy.meeting(judged.scope, othersLimit);
  if (!whole) return false;
  const inside = rule.narrowing?.inside ?? rule.answerable;
  const own: readonly Claim[] = [
    { expr: rule.condition, wanted: judged.fires },
    ...(inside === undefined ? [] : [{ expr: inside, wanted: isTrue }]),
  ];
  const stands = found.some((permit) => {
    const scope = overlap(judged.scope, permit.scope);
    const granted = { expr: permit.condition, wanted: isTrue };
    return scope !== undefined && mayHold(analysis, scope, [granted, ...own]);
  });
  if (stands) return false;
  const related = found
    .slice(0, 3)
    .map(({ span }) => ({ span, message: 'this permit is not certain there' }));
  analysis.reporter.report('never-wins', judged.span, { what: judged.what }, { related });
  return true;
}

function mayHold(
  { reasoning }: Analysis,
  scope: Judged['scope'],
  claims: readonly Claim[],
): boolean {
  const [first] = claims;
  const chosen = first === undefined ? [] : claimsOf(scope, first.expr);
  return !isConflict(reasoning.assume(reasoning.ask(), ...chosen, ...claims));
}

// --- shadowed ------------------------------------------------------------------------------------

/** More rules than this are not looked at for one that shadows another. */
const shadowLimit = 256;

class Shadows {
  readonly #analysis: Analysis;
  readonly #unconditional: ScopeIndex<Judged>;
  /** By one of the paths that they read. */
  readonly #byPath = new Map<string, Judged[]>();
  readonly #reads = new Map<Judged, ReadonlySet<string>>();

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    const unconditional: Judged[] = [];
    for (const each of analysis.judged) {
      const [path] = this.#readsOf(each);
      if (path === undefined) unconditional.push(each);
      else put(this.#byPath, path, each);
    }
    this.#unconditional = new ScopeIndex(unconditional.filter(isRestricting));
  }

  warn(judged: Judged, rule: Rule): void {
    for (const other of this.#candidates(judged)) {
      const why = this.#same(judged, rule, other)
        ? `\`${other.id}\` says the same`
        : this.#alwaysFires(judged, other)
          ? `\`${other.id}\`, which is stricter, fires whenever it does`
          : undefined;
      if (why === undefined) continue;
      const related = [{ span: other.span, message: 'the other rule' }];
      const { what, span } = judged;
      this.#analysis.reporter.report('shadowed', span, { what, why }, { related });
      return;
    }
  }

  #readsOf(judged: Judged): ReadonlySet<string> {
    const known = this.#reads.get(judged) ?? readsOf([judged.condition]);
    this.#reads.set(judged, known);
    return known;
  }

  /** What always fires, and what reads no more than the rule itself does. */
  #candidates(judged: Judged): readonly Judged[] {
    const reads = this.#readsOf(judged);
    const { found } = this.#unconditional.meeting(judged.scope, othersLimit);
    const readers = [...reads].flatMap((path) =>
      nearest(this.#byPath.get(path) ?? [], judged, shadowLimit),
    );
    return [...found, ...readers]
      .filter((other) => other !== judged && covers(other.scope, judged.scope))
      .filter((other) => other.id === judged.id || shadowing(judged, other) !== undefined)
      .filter((other) => isSubset(this.#readsOf(other), reads))
      .slice(0, othersLimit);
  }

  #alwaysFires(judged: Judged, other: Judged): boolean {
    const fires = shadowing(judged, other);
    if (fires === undefined) return false;
    return !mayHold(this.#analysis, judged.scope, [
      { expr: judged.condition, wanted: judged.fires },
      { expr: other.condition, wanted: whatever & ~fires },
    ]);
  }

  /** The later one of two that say the same in the same places, or the one that is about less. */
  #same(judged: Judged, rule: Rule, { rule: other, scope, id, effect, fires }: Judged): boolean {
    if (other === undefined || id !== judged.id || effect !== judged.effect) return false;
    const alike = (a: Rule, b: Rule) => this.#saidBy(a) === this.#saidBy(b);
    if (fires !== judged.fires || !alike(rule, other)) return false;
    return !covers(judged.scope, scope) || isLater(judged, other);
  }

  #saidBy({ condition, narrowing, answerable, demands, message, covers: controls }: Rule): string {
    const number = (expr: Expr) => this.#analysis.reasoning.identities.of(expr);
    return JSON.stringify([
      number(condition),
      narrowing && [
        number(narrowing.inside),
        narrowing.settings.map(({ constraint, value }) => [constraint.name, number(value)]),
      ],
      answerable && number(answerable),
      demands.map(({ obligation, properties }) => [
        obligation.name,
        properties.map(({ name, value }) => [name, number(value)]),
      ]),
      message.map((part) => (typeof part === 'string' ? part : number(part))),
      controls,
    ]);
  }
}

/** What the other's condition is worth where it fires more strictly than the rule may. */
function shadowing({ effect, strictest }: Judged, other: Judged): Worth | undefined {
  const own = effect === 'permit' ? 'challenge' : strictest;
  if (other.rule === undefined || other.effect === undefined) return undefined;
  if (!isStricter(other.effect, own)) return undefined;
  // A revoke that is only possible is a deny.
  return own === 'deny' ? isTrue : other.fires;
}

function isLater({ span }: Judged, { span: other }: Rule): boolean {
  return span.file === other.file ? span.start > other.start : span.file > other.file;
}

function isSubset(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  if (inner.size > outer.size) return false;
  for (const each of inner) {
    if (!outer.has(each)) return false;
  }
  return true;
}

/** Those of a list around one of its elements; its first where it is none of them. */
function nearest<T>(list: readonly T[], to: T, limit: number): readonly T[] {
  if (list.length <= limit) return list;
  const from = Math.max(0, list.indexOf(to) - limit / 2);
  return list.slice(from, from + limit);
}
