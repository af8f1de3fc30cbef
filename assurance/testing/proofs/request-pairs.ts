// Pairs of requests that differ in one member, about which a claim is proved.

import { isEnclosingPath, type Json, parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { nameDirections } from '@nhipol/proving';
import { listRequestPlaces, type RequestPlace, setJsonValue, type Way } from '../explore/paths.ts';
import type { Dice } from '../generate/random.ts';
import { findDirection } from './direction.ts';

export interface ChangedRequest {
  readonly claim: string;
  readonly changed: string;
}

interface Change {
  readonly claim: string;
  readonly way: Way;
  /** `undefined` if the member is absent. */
  readonly value: Json | undefined;
}

/** Changes one member of a request, about which a claim is proved. */
export class RequestPairs {
  readonly #dice: Dice;
  readonly #names: ReadonlySet<string>;
  /** The latest values by path. */
  readonly #values = new Map<string, Json[]>();
  readonly #isUsed: boolean;

  constructor(dice: Dice, names: ReadonlySet<string>) {
    this.#dice = dice;
    this.#names = names;
    this.#isUsed = [...names].some((name) => name.endsWith(' never loosens'));
  }

  /** One change. */
  near(policy: PolicyModel, request: string): ChangedRequest | undefined {
    const json = this.#parseRequest(request);
    const changes = json === undefined ? [] : this.#changes(policy, json);
    return json === undefined || changes.length === 0
      ? undefined
      : applyChange(json, this.#dice.pick(changes));
  }

  /** One change for each claim. */
  around(policy: PolicyModel, request: string): readonly ChangedRequest[] {
    const json = this.#parseRequest(request);
    if (json === undefined) return [];
    const changes = new Map<string, Change[]>();
    for (const change of this.#changes(policy, json)) {
      const same = changes.get(change.claim) ?? [];
      changes.set(change.claim, same);
      same.push(change);
    }
    return [...changes.values()].flatMap(
      (change) => applyChange(json, this.#dice.pick(change)) ?? [],
    );
  }

  #parseRequest(request: string): Json | undefined {
    return this.#isUsed ? parseJson(request) : undefined;
  }

  #changes(policy: PolicyModel, json: Json): readonly Change[] {
    return listClaimPlaces(policy, json).flatMap((place) => this.#listChanges(place));
  }

  #listChanges(place: RequestPlace): readonly Change[] {
    const { path, way, json, required } = place;
    if (json === undefined) return [];
    const isTried = ({ claim }: { readonly claim: string }) => this.#names.has(claim);
    const missing = { claim: `missing ${path} never loosens`, way, value: undefined };
    const isOptional = !required && !isEnclosingPath('context.events', path);
    const others = this.#listOtherValues(place, json).flatMap((value) => {
      // An observation from the future becomes no older one.
      if (path.endsWith('.observed_at')) return [];
      const direction = findDirection(place.type, json, value);
      if (direction === undefined) return [];
      const [more, less] = nameDirections(path, place.type);
      return [{ claim: `${direction === 'up' ? more : less} ${path} never loosens`, way, value }];
    });
    return [...(isOptional ? [missing] : []), ...others].filter(isTried);
  }

  /** Values that other requests have, and sets without one of their elements. */
  #listOtherValues({ path }: RequestPlace, json: Json): readonly Json[] {
    const values = this.#values.get(path) ?? [];
    this.#values.set(path, [...values, json].slice(-maxValues));
    if (json.kind !== 'array') return values;
    const { elements } = json;
    return [
      ...elements.map((_, out) => ({
        ...json,
        elements: elements.filter((_, index) => index !== out),
      })),
      ...values.map((each) =>
        each.kind === 'array' ? { ...json, elements: [...elements, ...each.elements] } : each,
      ),
    ];
  }
}

const maxValues = 6;

/** Places with the paths that claims use: an entry of a map is any of them. */
function listClaimPlaces(policy: PolicyModel, json: Json): readonly RequestPlace[] {
  const known = new Map<string, { readonly place: RequestPlace; readonly path: string }>();
  return listRequestPlaces(policy, json).map((place) => {
    const outer = place.way
      .map((_, index) => known.get(makeWayKey(place.way.slice(0, index))))
      .findLast((each) => each !== undefined);
    const isEntry = outer?.place.type.kind === 'Map';
    const own = outer && place.path.slice(outer.place.path.length);
    const path = outer === undefined ? place.path : `${outer.path}${isEntry ? '[].value' : own}`;
    known.set(makeWayKey(place.way), { place, path });
    return { ...place, path };
  });
}

function makeWayKey(way: Way): string {
  return JSON.stringify(way);
}

function applyChange(json: Json, { claim, way, value }: Change): ChangedRequest | undefined {
  const changed = setJsonValue(json, way, value);
  return changed && { claim, changed: writeJson(changed) };
}
