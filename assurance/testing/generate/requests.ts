// Generates requests for a policy: valid ones near the constants that it compares with, and ones with absent,
// null, stale, future, unlisted, malformed, out-of-range and wrongly typed members, or that are not JSON at all.

import { listExternalTables } from '@nhipol/language';
import { findContextType, type PolicyModel, type Scope, type Table } from '@nhipol/language/model';
import type { RecordType } from '@nhipol/language/types';
import { requestLimits } from '@nhipol/runtime/abi';
import { callDigest, digestMember } from '@nhipol/runtime/call-digest';
import fc from 'fast-check';
import { type Boundaries, collectBoundaries } from './boundaries.ts';
import { createRandomNumbers, Dice } from './random.ts';
import { type Choices, type Chooser, createChoices, listSelectorNames } from './selector-names.ts';
import { noTables, type TableTexts, writeContents } from './tables.ts';
import { listStepRequests } from './test-steps.ts';
import {
  deltas,
  digestPlaceholder,
  otherDigest,
  pickWindowTurn,
  ValueMaker,
  wrongValues,
} from './values.ts';

export interface GeneratedRequest {
  /** Usually UTF-8 JSON. */
  readonly text: string;
  /** Milliseconds, or `undefined` for the request's own time. */
  readonly now: bigint | undefined;
  /** The contents of the policy's external tables. */
  readonly tables: TableTexts;
}

/** Requests as a careless or hostile caller may send them. */
export function createRequestArbitrary(policy: PolicyModel): fc.Arbitrary<GeneratedRequest> {
  const make = createWildRequests(policy);
  const contents = generateTableContents(policy);
  return fc.noShrink(fc.integer()).map((seed) => ({
    ...make(seed),
    tables: contents[Math.abs(seed) % contents.length] ?? noTables,
  }));
}

/** The same, one for each seed. */
export function createWildRequests(
  policy: PolicyModel,
): (seed: number) => Omit<GeneratedRequest, 'tables'> {
  const known = policy.tests.flatMap(listStepRequests).map((step) => step.request);
  return (seed) =>
    new RequestMaker(policy, new Dice(createRandomNumbers(seed)), { untidy: true }).wild(known);
}

/**
 * Possible contents of external tables. There are few of them, since loading takes long. Tables that are already
 * filled stay so.
 */
export function generateTableContents(policy: PolicyModel): readonly TableTexts[] {
  const contents: TableTexts[] = [noTables];
  if (listEmptyTables(policy).length === 0) return contents;
  for (let seed = 1; seed < contentCount; seed += 1) {
    contents.push(
      new RequestMaker(policy, new Dice(createRandomNumbers(seed)), { untidy: true }).tables(),
    );
  }
  return contents;
}

function listEmptyTables(policy: PolicyModel): readonly Table[] {
  return listExternalTables(policy).filter(({ name }) => !policy.contents.has(name));
}

const contentCount = 8;

const base = Date.UTC(2026, 2, 3, 10, 0, 0);

export class RequestMaker {
  readonly #policy: PolicyModel;
  readonly #boundaries: Boundaries;
  readonly #dice: Dice;
  readonly #now: number;
  readonly #choices: Choices;
  readonly values: ValueMaker;

  /** `untidy`: sometimes invalid or oddly formatted. */
  constructor(policy: PolicyModel, dice: Dice, { untidy }: { readonly untidy: boolean }) {
    this.#policy = policy;
    this.#boundaries = collectBoundaries(policy);
    this.#dice = dice;
    this.#choices = createChoices(policy);
    const { turns } = this.#boundaries.all;
    this.#now =
      turns.size > 0 && dice.chance(500)
        ? pickWindowTurn(this.#boundaries.all, dice)
        : base + dice.pick([0, 1, -1, 86_400_000 * 3, 12_345_678]);
    this.values = new ValueMaker(this.#boundaries, dice, {
      faults: untidy ? dice.pick([0, 0, 0, 0, 15, 60]) : 0,
      untidy,
      now: this.#now,
      asksDigest: policy.context?.members.has(digestMember) === true,
    });
  }

  tables(): TableTexts {
    const external = listEmptyTables(this.#policy).filter(() => !this.#dice.chance(100));
    return new Map(
      external.map((table) => [
        table.name,
        writeContents(table, (type) => this.values.value(type, table.name), this.#dice.int(6)),
      ]),
    );
  }

  /** A new request, or a known one with some changes; sometimes not JSON. */
  wild(known: readonly string[]): Omit<GeneratedRequest, 'tables'> {
    const { chance, pick } = this.#dice;
    const request = this.#withDigest(
      known.length > 0 && chance(400) ? this.#variation(pick(known)) : this.#request(),
    );
    const mangled = chance(30) ? this.#mangle(request) : request;
    const now = chance(150) ? BigInt(this.#now + pick(deltas)) : undefined;
    return { text: chance(12) ? this.#fillToLimit(mangled) : mangled, now };
  }

  /** A new request, as JSON. */
  request(): string {
    return this.#withDigest(this.#request());
  }

  #withDigest(request: string): string {
    return withDigest(request, this.#policy);
  }

  #request(): string {
    const { subjects, actions, resources } = this.#policy;
    const names = this.#names();
    const context = findContextType(this.#policy, {
      subjects: names.subject,
      actions: names.action,
      resources: names.resource,
    });
    return this.values.object([
      [
        'subject',
        this.#entity(
          [
            ['type', names.subject],
            ['id', this.values.string('subject.id')],
          ],
          'subject',
          subjects.get(names.subject) ?? this.#policy.anySubject,
        ),
      ],
      [
        'action',
        this.#entity(
          [['name', names.action]],
          'action',
          actions.get(names.action) ?? this.#policy.anyAction,
        ),
      ],
      [
        'resource',
        this.#entity(
          [
            ['type', names.resource],
            ['id', this.values.string('resource.id')],
          ],
          'resource',
          resources.get(names.resource) ?? this.#policy.anyResource,
        ),
      ],
      ['context', context === undefined ? '{}' : this.values.record(context, 'context')],
    ]);
  }

  /** The names that select rules: often those of one rule, otherwise any that the policy mentions. */
  #names(): { readonly subject: string; readonly action: string; readonly resource: string } {
    const { chance, pick } = this.#dice;
    const { scopes } = this.#choices;
    const scope = scopes.length > 0 && chance(600) ? pick(scopes) : undefined;
    return {
      subject: chance(30) ? 'other' : this.pickName('subject.type', scope),
      action: this.pickName('action.name', scope),
      resource: this.pickName('resource.type', scope),
    };
  }

  /** `scope`: its names are preferred. */
  pickName(path: Chooser, scope?: Scope): string {
    const { chance, pick } = this.#dice;
    const own = scope && listSelectorNames(scope, path);
    if (own !== undefined && !chance(50)) return pick(own);
    const { mentioned, any } = this.#choices.names[path];
    return pick(mentioned.length > 0 && chance(500) ? mentioned : any);
  }

  #entity(
    own: readonly (readonly [string, string])[],
    path: string,
    shape: RecordType | undefined,
  ): string {
    return this.values.object([
      ...own.map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
      ['properties', shape === undefined ? '{}' : this.values.record(shape, path)],
    ]);
  }

  /** Changes or removes up to three members. */
  #variation(known: string): string {
    const request: unknown = JSON.parse(known);
    for (let left = this.#dice.int(3); left > 0; left -= 1) this.#vary(request);
    return JSON.stringify(request);
  }

  #vary(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { chance, pick } = this.#dice;
    const object = value as Record<string, unknown>;
    const name = pick(Object.keys(object).concat('stranger'));
    const inner = object[name];
    if (typeof inner === 'object' && inner !== null && !chance(150)) this.#vary(inner);
    else if (chance(300)) delete object[name];
    else object[name] = this.#replacement(inner);
  }

  /** With a string or an array of maximum length, or one longer. */
  #fillToLimit(text: string): string {
    let request: unknown;
    try {
      request = JSON.parse(text);
    } catch {
      return text;
    }
    const places: (readonly [Record<string, unknown>, string])[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inner] of Object.entries(value)) {
        const isFillable = Array.isArray(inner) ? inner.length > 0 : typeof inner === 'string';
        if (isFillable) places.push([value as Record<string, unknown>, name]);
        visit(inner);
      }
    };
    visit(request);
    if (places.length === 0) return text;
    const [holder, name] = this.#dice.pick(places);
    const before = holder[name];
    const more = this.#dice.int(1);
    holder[name] = Array.isArray(before)
      ? new Array<unknown>(requestLimits.elements + more).fill(before[0])
      : 'x'.repeat(requestLimits.stringBytes + more);
    return JSON.stringify(request);
  }

  #replacement(before: unknown): unknown {
    const { chance, pick } = this.#dice;
    if (chance(150)) return JSON.parse(pick([...wrongValues, 'null']));
    if (typeof before === 'boolean') return !before;
    if (typeof before === 'number') return before + pick([1, -1, 100]);
    const instant =
      typeof before === 'string' && /^\d{4}-/.test(before) ? Date.parse(before) : Number.NaN;
    if (Number.isNaN(instant)) return this.values.string('');
    const moved = new Date(
      instant + pick([...deltas, ...this.#boundaries.all.durations.map(Number)]),
    );
    // No string states an instant that `Date` does not have.
    return Number.isNaN(moved.getTime()) ? before : moved.toISOString();
  }

  #mangle(text: string): string {
    const { int, pick } = this.#dice;
    const at = int(text.length);
    return pick([
      text.slice(0, at),
      `${text.slice(0, at)}${pick(['}', ',', '"', '\\', '\u0000', '[', '\ud800', 'x'])}${text.slice(at)}`,
      `${text} x`,
      '',
      '[]',
      'null',
      '['.repeat(20),
      text.replace('{', '{"subject":1,'),
    ]);
  }
}

/** Replaces the placeholder with the digest of the call. */
export function withDigest(request: string, { name }: Pick<PolicyModel, 'name'>): string {
  return request.includes(digestPlaceholder)
    ? request.replaceAll(digestPlaceholder, callDigest(request, name) ?? otherDigest)
    : request;
}
