// Changes a request where proofs went wrong before: strings in another case or with a suffix, or equal to others up to
// that, other spellings of addresses, sets with one element more or less, and absent members.

import { type Json, type JsonArray, parseJson, toParsedJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { isBytes, type Type } from '@nhipol/language/types';
import { makeNeighbor } from '../explore/neighbors.ts';
import { listRequestPlaces, type RequestPlace, setJsonValue } from '../explore/paths.ts';
import { listSameAddresses } from '../generate/addresses.ts';
import { collectBoundaries } from '../generate/boundaries.ts';
import type { Dice } from '../generate/random.ts';
import { withDigest } from '../generate/requests.ts';
import { isChooser } from '../generate/selector-names.ts';

/** Makes one to three changes; a string that is not JSON stays as it is. */
export function varyRequest(policy: PolicyModel, request: string, dice: Dice): string {
  let json = parseJson(request);
  if (json === undefined) return request;
  const { read } = collectBoundaries(policy);
  if (dice.chance(300)) return withDigest(writeJson(respellStrings(policy, json, dice)), policy);
  for (let left = dice.pick([1, 1, 2, 3]); left > 0; left -= 1) {
    const places = listRequestPlaces(policy, json);
    const readPlaces = places.filter(({ path }) => !isChooser(path) && read.has(path));
    if (readPlaces.length === 0) return makeNeighbor(policy, request, dice);
    const place = dice.pick(readPlaces);
    const value = pickOtherValue(policy, place, places, dice);
    json = setJsonValue(json, place.way, value) ?? json;
  }
  return withDigest(writeJson(json), policy);
}

/** All strings that conditions read are spellings of one, with some exceptions. */
function respellStrings(policy: PolicyModel, json: Json, dice: Dice): Json {
  const { read } = collectBoundaries(policy);
  const readPlaces = listRequestPlaces(policy, json).filter(
    ({ path }) => !isChooser(path) && read.has(path),
  );
  const others = readPlaces.flatMap((requestPlace) => [
    ...listStrings(requestPlace.json),
    ...listConstants(policy, requestPlace.path, requestPlace.type),
  ]);
  const kinds = [
    others.filter((each) => address.test(each)),
    others.filter((each) => !address.test(each)),
  ];
  const strings = dice.pick(kinds.filter((kind) => kind.length > 0));
  if (strings === undefined) return json;
  const base = dice.pick(strings);
  const isExact = dice.chance(700);
  const another = () => {
    const same = respell(base, dice);
    return toParsedJson(isExact ? same : dice.pick(listSpellings(same)));
  };
  let changed = json;
  for (const { way, type } of readPlaces) {
    if (!isExact && dice.chance(250)) continue;
    const isGroup = type.kind === 'Set' || type.kind === 'List';
    if (!isBytes(isGroup ? type.element : type)) continue;
    const count = dice.pick([1, 2, 2, 3, 4, 5]);
    const value = isGroup ? createArray(Array.from({ length: count }, another)) : another();
    changed = setJsonValue(changed, way, value) ?? changed;
  }
  return changed;
}

/** Addresses and networks, and some other strings. */
const address = /^[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]*(?:\/\d+)?$/;

/** The same address, network or string in lower case; a SPIFFE ID stays valid. */
function respell(value: string, dice: Dice): string {
  const same = listSameAddresses(value);
  if (same.length > 0) return dice.pick([value, ...same]);
  if (dice.chance(300)) return value.toLowerCase();
  const [, start = '', rest = ''] = /^(spiffe:\/\/[^/]*)?(.*)$/s.exec(value) ?? [];
  const letters = [...rest].map((each) =>
    dice.chance(500) ? each.toUpperCase() : each.toLowerCase(),
  );
  return `${start}${letters.join('')}`;
}

/** Returns `undefined` if the member should be absent. */
function pickOtherValue(
  policy: PolicyModel,
  { type, json, required, path }: RequestPlace,
  places: readonly RequestPlace[],
  dice: Dice,
): Json | undefined {
  if (!required && dice.chance(150)) return undefined;
  const others = [
    ...places.flatMap((place) => listStrings(place.json)),
    ...listConstants(policy, path, type),
  ];
  const another = (): Json => toParsedJson(dice.pick(listSpellings(dice.pick(others))));
  if (isBytes(type)) return others.length === 0 ? json : another();
  if (type.kind !== 'Set' && type.kind !== 'List') return json;
  const elements = json?.kind === 'array' ? json.elements : [];
  const without = dice.int(elements.length);
  if (elements.length > 0 && dice.chance(400))
    return createArray(elements.filter((_, index) => index !== without));
  if (others.length > 0 && isBytes(type.element)) return createArray([...elements, another()]);
  if (type.element.kind !== 'Enum') return json;
  return createArray([...elements, toParsedJson(dice.pick([...type.element.members, 'UNLISTED']))]);
}

function listConstants(policy: PolicyModel, path: string, type: Type): readonly string[] {
  const { at, all } = collectBoundaries(policy);
  const { strings, spiffeIds, ips, cidrs } = at.get(path) ?? all;
  const { kind } = type.kind === 'Set' || type.kind === 'List' ? type.element : type;
  if (kind === 'Ip') return ips;
  if (kind === 'Cidr') return cidrs;
  if (kind === 'SpiffeId') return spiffeIds;
  return at.has(path) && strings.length === 0 ? [...ips, ...cidrs] : strings;
}

function listStrings(json: Json | undefined): readonly string[] {
  if (json?.kind === 'string') return [json.value, ...splitSpiffeId(json.value)];
  return json?.kind === 'array' ? json.elements.flatMap(listStrings) : [];
}

/** The trust domain and the path of a SPIFFE ID. */
function splitSpiffeId(value: string): readonly string[] {
  const [, domain, path] = /^spiffe:\/\/([^/]+)(\/.*)?$/s.exec(value) ?? [];
  return domain === undefined ? [] : [domain, path ?? ''];
}

/** The string itself, and others that a condition may take for it. */
function listSpellings(value: string): readonly string[] {
  const same = listSameAddresses(value);
  if (same.length > 0) return [value, ...same];
  const capital = `${value.slice(0, 1).toUpperCase()}${value.slice(1)}`;
  const lastCapital = `${value.slice(0, -1)}${value.slice(-1).toUpperCase()}`;
  const [upper, lower] = [value.toUpperCase(), value.toLowerCase()];
  return [value, value, upper, lower, capital, lastCapital, `${value}x`, `x${value}`];
}

function createArray(elements: JsonArray['elements']): Json {
  return { kind: 'array', offset: 0, elements };
}
