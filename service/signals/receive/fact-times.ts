// Which facts of sessions came from which instant, so that the facts are those of the events in the order of their times,
// whatever the order of their arrival. Events of the same instant that contradict each other leave a fact unknown, or the members
// that all of them agree on; each of them is evaluated nevertheless.

import { isMembers, type Members } from '../../json/members.ts';
import { agreedBy, type Leaf, type Path, withMembers } from './fact-patches.ts';

/** A fact that changes. */
export interface FactChange {
  readonly path: Path;
  /** The value, with the members that newer events set. */
  readonly value: unknown;
  /** The same in steps, for the case that only a part of it fits the policy. */
  readonly steps: readonly Leaf[];
}

/** A value that an event gives a fact. */
interface Claim<Cause> {
  readonly causes: Cause[];
  readonly value: unknown;
}

/** A fact, and its members. Members that are known separately are newer than the fact. */
interface Place<Cause> {
  /** The instant of the events that set the fact as a whole. undefined: there was none. */
  time: number | undefined;
  claims: Claim<Cause>[];
  readonly members: Map<string, Place<Cause>>;
}

/** `Cause`: what distinguishes events. */
export class FactTimes<Cause> {
  readonly #sessions = new Map<string, Place<Cause>>();

  delete(id: string): void {
    this.#sessions.delete(id);
  }

  /** Adds the facts of an event, and returns those that change: nothing newer has set them. */
  add(id: string, facts: Members, time: number, cause: Cause): readonly FactChange[] {
    const root = this.#sessions.get(id) ?? newPlace<Cause>();
    this.#sessions.set(id, root);
    const changed = new Map<string, Path>();
    for (const [path, value] of leavesOf(facts, [])) {
      const place = addTo(root, path, { causes: [cause], value }, time);
      if (place !== undefined) changed.set(JSON.stringify(place), place);
    }
    return [...changed.values()].map((path) => changeAt(root, path, agreedClaims));
  }

  /** The values by an event, of facts that others of the same instant contradict. */
  contradicted(id: string, cause: Cause): readonly FactChange[] {
    const root = this.#sessions.get(id);
    if (root === undefined) return [];
    const saidBy = (claims: readonly Claim<Cause>[]) =>
      claims.filter(({ causes }) => causes.includes(cause)).map(({ value }) => value);
    return [...disputed(root, [])]
      .filter(([, { claims }]) => saidBy(claims).length > 0)
      .map(([path]) =>
        changeAt(root, path, (claims) =>
          saidBy(claims).reduce((one, other) => withMembers(one, other)),
        ),
      );
  }

  /** The facts that no event of their instant is alone about, as they are known. */
  disputed(id: string): readonly FactChange[] {
    const root = this.#sessions.get(id);
    if (root === undefined) return [];
    return [...disputed(root, [])].map(([path]) => changeAt(root, path, agreedClaims));
  }
}

function newPlace<Cause>(): Place<Cause> {
  return { time: undefined, claims: [], members: new Map() };
}

/** Returns the fact that changes: the given one, or one around it. undefined: it is newer, or says the same. */
function addTo<Cause>(
  root: Place<Cause>,
  path: Path,
  claim: Claim<Cause>,
  time: number,
): Path | undefined {
  let place = root;
  for (const [depth, name] of path.entries()) {
    const next = place.members.get(name) ?? newPlace<Cause>();
    place.members.set(name, next);
    place = next;
    if (depth === path.length - 1 || place.time === undefined) continue;
    if (place.time > time) return undefined;
    // The whole and a member of it, at the same instant.
    if (place.time === time) {
      const value = nested(path.slice(depth + 1), claim.value);
      return addClaim(place, { ...claim, value }) ? path.slice(0, depth + 1) : undefined;
    }
  }
  if (place.time !== undefined && place.time > time) return undefined;
  const members = [...takeMembers(place, time)];
  if (place.time !== time) place.claims = [];
  place.time = time;
  let isChanged = members.length > 0;
  for (const each of [...members, claim]) isChanged = addClaim(place, each) || isChanged;
  return isChanged ? path : undefined;
}

/** Adds what an event says, and returns whether no event has said it. */
function addClaim<Cause>({ claims }: Place<Cause>, claim: Claim<Cause>): boolean {
  const text = JSON.stringify(claim.value);
  const same = claims.find(({ value }) => JSON.stringify(value) === text);
  same?.causes.push(...claim.causes);
  if (same !== undefined) return false;
  claims.push(claim);
  return true;
}

/** Removes the members that are not newer than an instant, and returns those of the same one. */
function* takeMembers<Cause>(place: Place<Cause>, time: number): Iterable<Claim<Cause>> {
  for (const [name, member] of place.members) {
    for (const { causes, value } of takeMembers(member, time)) {
      yield { causes, value: nested([name], value) };
    }
    if (member.time !== undefined && member.time <= time) {
      if (member.time === time) {
        for (const { causes, value } of member.claims) {
          yield { causes, value: nested([name], value) };
        }
      }
      member.time = undefined;
      member.claims = [];
    }
    if (member.time === undefined && member.members.size === 0) place.members.delete(name);
  }
}

/** `valueBy`: the value by the events of one instant. */
function changeAt<Cause>(
  root: Place<Cause>,
  path: Path,
  valueBy: (claims: readonly Claim<Cause>[]) => unknown,
): FactChange {
  const place = path.reduce((at, name) => at.members.get(name) as Place<Cause>, root);
  const base = valueBy(place.claims);
  const newer = [...leavesIn(place, [])];
  const value = newer
    .map(([inner, member]) => nested(inner, member))
    .reduce((whole, member) => withMembers(whole, member), base);
  const steps = newer.map(([inner, member]): Leaf => [[...path, ...inner], member]);
  return { path, value, steps: [[path, base], ...steps] };
}

/** The facts within one, as they are known; a fact is before its members. */
function* leavesIn<Cause>(place: Place<Cause>, path: Path): Iterable<Leaf> {
  for (const [name, member] of place.members) {
    const inner = [...path, name];
    if (member.time !== undefined) yield [inner, agreedClaims(member.claims)];
    yield* leavesIn(member, inner);
  }
}

function* disputed<Cause>(
  place: Place<Cause>,
  path: Path,
): Iterable<readonly [Path, Place<Cause>]> {
  for (const [name, member] of place.members) {
    const inner = [...path, name];
    if (member.claims.length > 1) yield [inner, member];
    yield* disputed(member, inner);
  }
}

function agreedClaims(claims: readonly Claim<unknown>[]): unknown {
  return claims.map(({ value }) => value).reduce(agreementOn);
}

/** The value that is known if events of the same instant say different things: none, or the members that objects share. */
function agreementOn(one: unknown, other: unknown): unknown {
  return isMembers(one) && isMembers(other) ? agreedBy(one, other) : null;
}

function nested(path: Path, value: unknown): unknown {
  return path.reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
}

/** The newest event of a kind is a fact as a whole. */
function isWhole([first, second]: Path, depth: number): boolean {
  return first === 'context' && second === 'events' && depth === 3;
}

function* leavesOf(value: unknown, path: Path): Iterable<Leaf> {
  if (!isMembers(value) || isWhole(path, path.length)) {
    yield [path, value];
    return;
  }
  for (const [name, member] of Object.entries(value)) yield* leavesOf(member, [...path, name]);
}
