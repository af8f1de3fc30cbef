// Generates requests that differ little from a given one: a member has another value, the next one or that of a
// member it is compared with, or is missing.

import {
  type Json,
  type JsonArray,
  type JsonObject,
  parseJson,
  toParsedJson,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { isEquatable, type Type } from '@nhipol/language/types';
import { type Boundaries, collectBoundaries } from '../generate/boundaries.ts';
import type { Dice } from '../generate/random.ts';
import { RequestMaker, withDigest } from '../generate/requests.ts';
import { type Chooser, isChooser } from '../generate/selector-names.ts';
import {
  type EntityName,
  findShape,
  getJsonValue,
  listRequestPlaces,
  type RequestPlace,
  setJsonValue,
} from './paths.ts';

/** Makes one to four changes; a string that is not JSON stays as it is. */
export function makeNeighbor(policy: PolicyModel, request: string, dice: Dice): string {
  let json = parseJson(request);
  if (json === undefined) return request;
  const maker = new RequestMaker(policy, dice, { untidy: false });
  const boundaries = collectBoundaries(policy);
  for (let left = dice.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left -= 1) {
    json = change(policy, json, maker, boundaries, dice);
  }
  return withDigest(writeJson(json), policy);
}

function change(
  policy: PolicyModel,
  json: Json,
  maker: RequestMaker,
  boundaries: Boundaries,
  dice: Dice,
): Json {
  const places = listRequestPlaces(policy, json);
  const read = places.filter(({ path }) => isChooser(path) || boundaries.read.has(path));
  const place = dice.pick(read.length > 0 && !dice.chance(100) ? read : places);
  if (isChooser(place.path)) return changeName(policy, json, place.path, maker);
  const value = pickAnotherValue(place, places, maker, boundaries, dice);
  return setJsonValue(json, place.way, value) ?? json;
}

/** With another type or name; the members declared for it are new. */
function changeName(policy: PolicyModel, json: Json, path: Chooser, maker: RequestMaker): Json {
  const [root, own] = path.split('.') as [EntityName, string];
  const before = getJsonValue(json, [root, own]);
  const name = maker.pickName(path);
  const after = setJsonValue(json, [root, own], toParsedJson(name)) ?? json;
  const shape = findShape(policy, root, name);
  const same = before?.kind === 'string' && findShape(policy, root, before.value) === shape;
  if (same || shape === undefined) return after;
  return (
    setJsonValue(after, [root, 'properties'], parseJson(maker.values.record(shape, root))) ?? after
  );
}

function pickAnotherValue(
  place: RequestPlace,
  places: readonly RequestPlace[],
  maker: RequestMaker,
  boundaries: Boundaries,
  dice: Dice,
): Json | undefined {
  const { path, type, json, required } = place;
  if (json !== undefined && !required && dice.chance(150)) return undefined;
  if (json !== undefined && dice.chance(300)) return createAdjacent(type, json, dice);
  if (dice.chance(300)) {
    const others = places.filter(
      (other) =>
        boundaries.beside.get(path)?.has(other.path) &&
        findElementKind(other.type) === findElementKind(type),
    );
    const other = others.length === 0 ? undefined : dice.pick(others);
    const copied = other?.json && convertValue(other.json, type, json, dice);
    if (copied !== undefined) return copied;
  }
  return parseJson(maker.values.value(type, path));
}

/** The type of a value, or of the elements of a collection. */
function findElementKind(type: Type): string {
  const { kind } = type.kind === 'Set' || type.kind === 'List' ? type.element : type;
  return type.kind === 'Timestamp' && type.inSeconds ? 'seconds' : kind;
}

/** The next value, or a similar one. */
function createAdjacent(type: Type, json: Json, dice: Dice): Json {
  if (json.kind === 'boolean') return { ...json, value: !json.value };
  if (json.kind === 'number') {
    const step = type.kind === 'Int' ? dice.pick([1, -1]) : dice.pick([0.001, -0.001, 1, -1]);
    const after = Number(json.text) + step;
    return {
      ...json,
      text: Number.isSafeInteger(Math.trunc(after)) ? formatRounded(after) : json.text,
    };
  }
  if (json.kind === 'string' && type.kind === 'Timestamp') {
    const instant = Date.parse(json.value) + dice.pick([1, -1, 1000, -1000, 3_600_000, -3_600_000]);
    return Number.isNaN(instant) || Math.abs(instant) > lastYear
      ? json
      : { ...json, value: new Date(instant).toISOString() };
  }
  if (json.kind === 'string' && type.kind === 'Enum') return toParsedJson(dice.pick(type.members));
  if (json.kind === 'string') {
    const { value } = json;
    const points = [...value];
    const shorter = [points.slice(1), points.slice(0, -1)].map((each) => each.join(''));
    return toParsedJson(dice.pick([`${value}x`, ` ${value}`, ...shorter]));
  }
  if (json.kind === 'array') return withoutOne(json, dice);
  return type.kind === 'Map' && json.kind === 'object' ? withoutEntry(json, dice) : json;
}

const lastYear = Date.UTC(9998, 0);

function formatRounded(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function withoutOne(json: JsonArray, dice: Dice): Json {
  const { elements } = json;
  if (elements.length === 0) return json;
  const out = dice.int(elements.length - 1);
  return { ...json, elements: elements.filter((_, index) => index !== out) };
}

function withoutEntry(json: JsonObject, dice: Dice): Json {
  const { members } = json;
  if (members.length === 0) return json;
  const out = dice.int(members.length - 1);
  return { ...json, members: members.filter((_, index) => index !== out) };
}

/** A value that it is compared with, converted to its type: an element is added, or one of several is taken. */
function convertValue(
  other: Json,
  type: Type,
  before: Json | undefined,
  dice: Dice,
): Json | undefined {
  const isCollection = type.kind === 'Set' || type.kind === 'List';
  if (other.kind === 'array' && !isCollection) {
    return other.elements.length === 0 ? undefined : dice.pick(other.elements);
  }
  if (!isCollection) return other.kind === 'object' ? undefined : other;
  if (other.kind === 'array') return other;
  if (other.kind === 'object' || !isEquatable(type.element)) return undefined;
  const elements = before?.kind === 'array' ? before.elements : [];
  return { kind: 'array', offset: 0, elements: [...elements, other] };
}
