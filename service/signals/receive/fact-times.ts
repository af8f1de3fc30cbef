// Which facts of sessions came from which instant, so that the facts are those of the events in the order of their times,
// whatever the order of their arrival. Events of the same instant that contradict each other leave a fact unknown, or the members
// that all of them agree on; each of them is evaluated nevertheless.

import { createHash } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { intersectMembers, type Leaf, type Path, withMembers } from './fact-patches.ts';

/** A fact that changes. */
export interface TimedFactChange {
  readonly path: Path;
  /** The value, with the members that newer events set. */
  readonly value: unknown;
  /** The same in steps, for the case that only a part of it fits the policy. */
  readonly steps: readonly Leaf[];
}

/** A fact, and its members. Members that are known separately are newer than the fact. */
interface Place {
  /** The instant of the events that set the fact as a whole, or `undefined` if there was none. */
  time: number | undefined;
  /** The different values that these events give it, by their text. */
  readonly claims: Map<string, unknown>;
  /** The value that all of them agree on. */
  agreed: unknown;
  readonly members: Map<string, Place>;
}

/** The number of different values of one instant that are remembered of a fact; beyond it, the fact is unknown. */
const maxClaims = 2_000;
/** The longest text that is its own key. */
const maxKey = 64;

export class FactTimes<Session> {
  readonly #sessions = new Map<Session, Place>();

  delete(session: Session): void {
    this.#sessions.delete(session);
  }

  /** Adds the facts of an event, and returns those that change: nothing newer has set them. */
  add(session: Session, facts: Members, time: number): readonly TimedFactChange[] {
    const root = this.#sessions.get(session) ?? createPlace();
    this.#sessions.set(session, root);
    const changed = new Map<string, Path>();
    for (const [path, value] of listLeaves(facts, [])) {
      const place = addLeaf(root, path, value, time);
      if (place !== undefined) changed.set(JSON.stringify(place), place);
    }
    return [...changed.values()].map((path) => findAgreed(root, path));
  }

  /** The values by an event, of facts that others of the same instant contradict. */
  listContradicted(session: Session, facts: Members, time: number): readonly TimedFactChange[] {
    const root = this.#sessions.get(session);
    if (root === undefined) return [];
    const said = new Map<string, { readonly path: Path; readonly value: unknown }>();
    for (const [leaf, value] of listLeaves(facts, [])) {
      const path = findDisputedPath(root, leaf, time);
      if (path === undefined) continue;
      const key = JSON.stringify(path);
      const part = nestValue(leaf.slice(path.length), value);
      const before = said.get(key);
      said.set(key, { path, value: before === undefined ? part : withMembers(before.value, part) });
    }
    return [...said.values()].map(({ path, value }) => createChange(root, path, value));
  }

  /** The facts that no event of their instant is alone about, as they are known. */
  listDisputed(session: Session): readonly TimedFactChange[] {
    const root = this.#sessions.get(session);
    return root === undefined
      ? []
      : [...listDisputed(root, [])].map((path) => findAgreed(root, path));
  }
}

function createPlace(): Place {
  return { time: undefined, claims: new Map(), agreed: undefined, members: new Map() };
}

/**
 * Returns the fact that changes, which is the given one or one around it, or `undefined` if it is newer, or says the
 * same.
 */
function addLeaf(root: Place, path: Path, value: unknown, time: number): Path | undefined {
  let place = root;
  for (const [depth, name] of path.entries()) {
    const next = place.members.get(name) ?? createPlace();
    place.members.set(name, next);
    place = next;
    if (depth === path.length - 1 || place.time === undefined) continue;
    if (place.time > time) return undefined;
    // The whole and a member of it, at the same instant.
    if (place.time === time) {
      const whole = nestValue(path.slice(depth + 1), value);
      return addClaim(place, whole) ? path.slice(0, depth + 1) : undefined;
    }
  }
  if (place.time !== undefined && place.time > time) return undefined;
  const members = [...takeMembers(place, time)];
  if (place.time !== time) place.claims.clear();
  place.time = time;
  let isChanged = members.length > 0;
  for (const each of [...members, value]) isChanged = addClaim(place, each) || isChanged;
  return isChanged ? path : undefined;
}

/** Adds a value that an event gives a fact, and returns whether no event of the instant has, as far as they are remembered. */
function addClaim(place: Place, value: unknown): boolean {
  const { claims } = place;
  const key = toKey(value);
  if (claims.has(key)) return false;
  if (claims.size >= maxClaims) {
    place.agreed = null;
    return true;
  }
  claims.set(key, value);
  place.agreed = claims.size === 1 ? value : findAgreement(place.agreed, value);
  return true;
}

function toKey(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= maxKey ? text : createHash('sha256').update(text).digest('base64');
}

/** Removes the members that are not newer than an instant, and returns the values of the same one. */
function* takeMembers(place: Place, time: number): Iterable<unknown> {
  for (const [name, member] of place.members) {
    for (const value of takeMembers(member, time)) yield nestValue([name], value);
    if (member.time !== undefined && member.time <= time) {
      if (member.time === time) {
        for (const value of member.claims.values()) yield nestValue([name], value);
      }
      member.time = undefined;
      member.claims.clear();
    }
    if (member.time === undefined && member.members.size === 0) place.members.delete(name);
  }
}

function findAgreed(root: Place, path: Path): TimedFactChange {
  return createChange(root, path, findPlace(root, path).agreed);
}

/** `base`: the value by the events of one instant. */
function createChange(root: Place, path: Path, base: unknown): TimedFactChange {
  const newer = [...listPlaceLeaves(findPlace(root, path), [])];
  const value = newer
    .map(([inner, member]) => nestValue(inner, member))
    .reduce((whole, member) => withMembers(whole, member), base);
  const steps = newer.map(([inner, member]): Leaf => [[...path, ...inner], member]);
  return { path, value, steps: [[path, base], ...steps] };
}

function findPlace(root: Place, path: Path): Place {
  return path.reduce((place, name) => place.members.get(name) as Place, root);
}

/** The facts within one, as they are known; a fact is before its members. */
function* listPlaceLeaves(place: Place, path: Path): Iterable<Leaf> {
  for (const [name, member] of place.members) {
    const inner = [...path, name];
    if (member.time !== undefined) yield [inner, member.agreed];
    yield* listPlaceLeaves(member, inner);
  }
}

/** The fact of an event, or one around it, that events of its instant contradict. */
function findDisputedPath(root: Place, path: Path, time: number): Path | undefined {
  let place: Place | undefined = root;
  for (const [depth, name] of path.entries()) {
    place = place.members.get(name);
    if (place === undefined) return undefined;
    if (place.time === time && place.claims.size > 1) return path.slice(0, depth + 1);
  }
  return undefined;
}

function* listDisputed(place: Place, path: Path): Iterable<Path> {
  for (const [name, member] of place.members) {
    const inner = [...path, name];
    if (member.claims.size > 1) yield inner;
    yield* listDisputed(member, inner);
  }
}

/** The value that is known if events of the same instant say different things: none, or the members that objects share. */
function findAgreement(one: unknown, other: unknown): unknown {
  return isMembers(one) && isMembers(other) ? intersectMembers(one, other) : null;
}

function nestValue(path: Path, value: unknown): unknown {
  return path.reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
}

/** The newest event of a kind is a fact as a whole. */
function isWhole([first, second]: Path, depth: number): boolean {
  return first === 'context' && second === 'events' && depth === 3;
}

function* listLeaves(value: unknown, path: Path): Iterable<Leaf> {
  if (!isMembers(value) || isWhole(path, path.length)) {
    yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* listLeaves(member, [...path, name]);
}
