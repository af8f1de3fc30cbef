// Lowers expressions about a session's events to tracks and terms. Equal terms are computed once. The
// payload of an event has cells of its own; for a decision, the cells of the request are used.

import { boundTerm, countWindowParts, identifyPattern, isCounted } from '@nhipol/language';
import {
  type DecisionEvents,
  type EventPattern,
  type Expr,
  type HistoryExpr,
  type HistoryTerm,
  type KeyPart,
  listKeyReads,
  listTermPatterns,
  type PolicyModel,
  type ReadExpr,
  type SignalEvents,
  type SumTerm,
  type Variable,
} from '@nhipol/language/model';
import type { HistoryWindow, Member } from '@nhipol/language/types';
import { digestMember } from '@nhipol/runtime/call-digest';
import { collectReaders, createCellReaders } from '../ir/cell-readers.ts';
import { chooseRep } from '../ir/cells.ts';
import type { IrAddress, IrExpr, IrRemembered } from '../ir/expressions.ts';
import { type IrHistory, type IrTerm, type IrTrack, splitTracks } from '../ir/history.ts';
import type { IrReader } from '../ir/records.ts';
import type { FactsLayout } from './facts.ts';
import { findPlace, type MemberPlace } from './place.ts';

interface Found {
  readonly address: IrAddress;
  readonly place: MemberPlace | undefined;
}

type Lower = (expr: Expr) => IrExpr;
type EventCells = ReturnType<FactsLayout['history']>;

export class HistoryLowering {
  readonly #layout: FactsLayout;
  readonly #names: Readonly<Record<'actions' | 'resources', ReadonlyMap<string, number>>>;
  readonly #policy: PolicyModel;
  /** Laid out on the first use. */
  #cells: EventCells | undefined;
  readonly #events = new Map<Variable, DecisionEvents | SignalEvents>();
  readonly #tracks: IrTrack[] = [];
  readonly #terms: IrTerm[] = [];
  /** Terms by their source. */
  readonly #known = new Map<string, IrExpr>();

  constructor(
    policy: PolicyModel,
    layout: FactsLayout,
    names: Readonly<Record<'actions' | 'resources', ReadonlyMap<string, number>>>,
  ) {
    this.#policy = policy;
    this.#layout = layout;
    this.#names = names;
  }

  /** `undefined` if no rule uses history, and there are no signals. */
  get history(): IrHistory | undefined {
    if (this.#terms.length === 0 && this.#policy.signals.size === 0) return undefined;
    const { own, shared } = splitTracks({ tracks: this.#tracks });
    const tracks = [...own, ...shared];
    const findTrackIndex = (track: number) => tracks.indexOf(this.#tracks[track] as IrTrack);
    const terms = this.#terms.map((term): IrTerm => {
      const track = findTrackIndex(term.track);
      return term.kind === 'since'
        ? { ...term, track, start: findTrackIndex(term.start) }
        : { ...term, track };
    });
    return { tracks, terms, ...this.#event };
  }

  get #event(): EventCells {
    this.#cells ??= this.#layout.history(this.#policy);
    return this.#cells;
  }

  lower({ term, type }: HistoryExpr, lower: Lower): IrExpr {
    const cachedExpr = this.#known.get(term.text);
    if (cachedExpr !== undefined) return cachedExpr;
    const target = this.#layout.cell();
    const made: IrRemembered = {
      kind: 'remembered',
      rep: chooseRep(type),
      timeful: term.form === 'sum' || ('window' in term && term.window !== undefined),
      offset: target,
      isValue: term.form === 'last',
      keys: listTermPatterns(term).flatMap(({ key }) => listKeyReads(key).map(lower)),
      bound: term.form === 'sum' ? lower(term.bound) : undefined,
      path: term.text,
    };
    this.#known.set(term.text, made);
    this.#terms.push(this.#term(term, target, made, lower));
    return made;
  }

  #term(term: HistoryTerm, target: number, { bound }: IrRemembered, lower: Lower): IrTerm {
    switch (term.form) {
      case 'once':
        return {
          kind: 'count',
          target,
          operator: '>',
          threshold: 0n,
          track: this.#track(term.pattern, lower, { window: term.window, count: 1 }),
        };
      case 'count': {
        const { operator, threshold } = term;
        if (isCounted(term)) {
          const kept = { window: term.window, count: 1, added: 'one' as const, isCounter: true };
          const track = this.#track(term.pattern, lower, kept);
          return { kind: 'sum', target, track, operator, bound: lowerCount(threshold) };
        }
        const isBelow = operator === '>=' || operator === '<';
        const count = Math.max(1, Number(threshold) + (isBelow ? 0 : 1));
        const track = this.#track(term.pattern, lower, { window: term.window, count });
        return { kind: 'count', target, track, operator, threshold };
      }
      case 'sum': {
        const { pattern, member, window, operator } = term;
        if (bound === undefined) throw new Error('broken invariant: a sum without a bound');
        this.#events.set(pattern.event, pattern.of);
        const isCounter = isCounted(term);
        const kept = { window, count: countSummands(term), field: member, isCounter };
        const added = this.#locateValue(member).offset;
        const track = this.#track(pattern, lower, { ...kept, added });
        return { kind: 'sum', target, track, operator, bound };
      }
      case 'since': {
        const [track, start] = [term.pattern, term.start].map((pattern) =>
          this.#track(pattern, lower, { window: undefined, count: 1, isOrdered: true }),
        ) as [number, number];
        return { kind: 'since', target, track, start };
      }
      case 'last': {
        this.#events.set(term.pattern.event, term.pattern.of);
        const { offset, reader } = this.#locateValue(term.field);
        const { field } = term;
        const kept = {
          window: undefined,
          count: 1,
          isOrdered: true,
          value: { offset, reader },
          field,
        };
        return { kind: 'last', target, track: this.#track(term.pattern, lower, kept) };
      }
    }
  }

  #track(
    pattern: EventPattern,
    lower: Lower,
    kept: {
      readonly window: HistoryWindow | undefined;
      readonly count: number;
      readonly isOrdered?: boolean;
      readonly value?: IrTrack['value'];
      readonly added?: IrTrack['added'];
      readonly isCounter?: boolean;
      readonly field?: ReadExpr;
    },
  ): number {
    const { of, event, condition, isShared, key } = pattern;
    this.#events.set(event, of);
    const ids = (names: readonly string[] | undefined, list: 'actions' | 'resources') =>
      names?.map((name) => this.#names[list].get(name) ?? 0);
    const about = {
      actions: ids(of.actions, 'actions'),
      resources: ids(of.resources, 'resources'),
    };
    const track: IrTrack = {
      identity: identifyPattern(pattern, kept.field),
      of:
        of.kind === 'decision'
          ? { kind: 'decision', which: of.which, ...about }
          : {
              kind: 'signal',
              signal: this.#event.signals.findIndex(({ name }) => name === of.name),
              ...about,
            },
      condition: condition && lower(condition),
      key: key && {
        parts: key.parts.map((part) => ({
          ofEvent: this.#locatePart(part, lower),
          ofRequest: expectCellOffset(lower(part.ofRequest)),
          holds: chooseRep(part.ofEvent.type) === 'bytes' ? 'bytes' : 'word',
        })),
        limit: key.limit,
      },
      isShared,
      window: kept.window,
      // One more is for the latest decision of a session, which does not count for itself; a sum has room for it.
      count: kept.count + (isShared && kept.added === undefined ? 1 : 0),
      isOrdered: kept.isOrdered ?? false,
      value: kept.value,
      added: kept.added,
      isCounter: kept.isCounter ?? false,
    };
    return this.#tracks.push(track) - 1;
  }

  #locatePart({ ofEvent, ofRequest }: KeyPart, lower: Lower): number {
    return ofEvent === ofRequest || ofEvent.kind === 'Selector'
      ? expectCellOffset(lower(ofEvent))
      : this.#locateValue(ofEvent).offset;
  }

  /** The address of a member of an event, or `undefined` if it is not a member of an event. */
  find(read: ReadExpr): Found | undefined {
    const of = typeof read.from === 'string' ? undefined : this.#events.get(read.from);
    if (of === undefined) return undefined;
    const [first, ...members] = read.members;
    if (first === undefined) throw new Error('broken invariant: an event is not a value');
    const { time, effect } = this.#event;
    if (first.name === 'time') return createFacts(time);
    const isOfCall = first.name === 'action' || first.name === 'resource';
    if (of.kind === 'signal' || (of.kind === 'outcome' && !isOfCall)) {
      return this.#within(`signal ${of.name}`, [first, ...members]);
    }
    if (first.name === 'effect') return createFacts(effect);
    const { digest } = this.#layout.facts;
    if (first.name === digestMember && digest !== undefined) return createFacts(digest.offset);
    const root = first.name === 'action' ? 'action' : 'resource';
    const own = this.#layout.facts.selectors[`${root}.${members[0]?.name}`];
    return own === undefined ? this.#within(root, members) : createFacts(own.offset);
  }

  #within(root: Parameters<FactsLayout['find']>[0], [first, ...members]: readonly Member[]): Found {
    if (first === undefined) throw new Error(`broken invariant: ${root} as a whole is not a value`);
    let place = this.#layout.find(root, first);
    for (const member of members) {
      const next = findPlace(place.places, member);
      if (next === undefined) throw new Error(`broken invariant: ${member.name} has no address`);
      place = next;
    }
    return { ...createFacts(place.offset), place };
  }

  #locateValue(read: ReadExpr): { readonly offset: number; readonly reader: IrReader } {
    const found = this.find(read);
    if (found === undefined) throw new Error('broken invariant: a value without an event');
    const { offset } = found.address;
    return { offset, reader: this.#findReader(offset) };
  }

  #findReader(offset: number): IrReader {
    const ofSignals = collectReaders(this.#event.signals.map(({ record }) => record));
    return createCellReaders(this.#layout.facts).get(offset) ?? ofSignals.get(offset) ?? number;
  }
}

/** The number that a count is compared with. */
function lowerCount(threshold: bigint): IrExpr {
  return { kind: 'const', rep: 'word', timeful: false, value: threshold };
}

/** The number of parts or events that a sum stores for each key. */
function countSummands(term: SumTerm): number {
  if (isCounted(term)) return 1;
  // One more part is free, for an event that is added.
  return boundTerm(term)?.events ?? countWindowParts(term.window) + 1;
}

function expectCellOffset(expr: IrExpr): number {
  if (expr.kind === 'cell' && expr.address.base === 'facts') return expr.address.offset;
  throw new Error('broken invariant: a key is a member of the request');
}

/** The own members of an event: its effect and its time. */
const number: IrReader = { kind: 'scalar', function: 'readInt' };

function createFacts(offset: number): Found {
  return { address: { base: 'facts', offset }, place: undefined };
}
