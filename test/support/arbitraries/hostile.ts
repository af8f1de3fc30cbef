// Derives requests that take a module as long as possible from a valid request: fills its arrays,
// lengthens its strings, and adds undeclared members, up to a length. Few are longer than a module reads, because it refuses
// these at once: a filled array within a filled array would have megabytes.

import { requestLimits } from '@nhipol/runtime/abi';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const ways = ['arrays', 'strings', 'escapes', 'names', 'skipped', 'numbers', 'spaced'] as const;
type Way = (typeof ways)[number];

/** Requests as JSON; the source itself if it is not JSON. */
export function createHostileRequests(text: string, seed: number): readonly string[] {
  let request: Json;
  try {
    request = JSON.parse(text) as Json;
  } catch {
    return [text];
  }
  return ways.map((way, at) => {
    const changed = transformJson(request, way, seed + at, requestLimits.bytes);
    return padText(changed, way, target(seed));
  });
}

/** A length just below one for which bounds are reported. */
function target(seed: number): number {
  return [1024, 8192, 65_536][Math.abs(seed) % 3] ?? 1024;
}

/** `room`: the number of bytes that arrays may fill. Those of an object share it. */
function transformJson(json: Json, way: Way, seed: number, room: number): Json {
  if (Array.isArray(json)) {
    if (way !== 'arrays' && way !== 'numbers')
      return json.map((element) => transformJson(element, way, seed, room));
    const first = transformJson(json[0] ?? 'x', way, seed, room / nestedShare);
    const elementLength = JSON.stringify(varyJson(first, 0, way)).length + 1;
    const length = Math.min(requestLimits.elements, Math.max(1, Math.floor(room / elementLength)));
    return Array.from({ length }, (_, at) => varyJson(first, at, way));
  }
  if (typeof json === 'object' && json !== null) {
    const members = Object.entries(json);
    const share = room / members.length;
    return Object.fromEntries(
      members.map(([name, value]) => [name, transformJson(value, way, seed, share)]),
    );
  }
  return typeof json === 'string' && way === 'strings' && seed % 2 === 0
    ? json.padEnd(requestLimits.stringBytes, json === '' ? 'x' : json)
    : json;
}

/** An element takes at most this part of the room of its array, so that there are several. */
const nestedShare = 16;

/** Short strings that differ late, and numbers whose zeros must be expanded. */
function varyJson(json: Json, at: number, way: Way): Json {
  const letters = 'abcdefghijklmnop';
  if (typeof json === 'string') return `a${letters[at >> 4]}${letters[at & 15]}`;
  if (typeof json === 'number') return way === 'numbers' ? 9e9 : at;
  if (Array.isArray(json) || typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, value]));
}

const fillers: Readonly<Record<Way, string>> = {
  arrays: '{"a":[]},',
  strings: '"",',
  escapes: '"\\n\\u00e4\\ud83d\\ude00",',
  names: '{"":0,"x" :0},',
  skipped: '1,',
  numbers: '9e9,',
  spaced: '1 ,',
};

/** Adds a member of maximum length before all others. */
function padText(json: Json, way: Way, length: number): string {
  const text = JSON.stringify(json)
    .replaceAll('9000000000', '9e9')
    .replaceAll(/"(\w+)":/g, way === 'names' ? '"$1" :' : '"$1":');
  const filler = fillers[way];
  const room = length - new TextEncoder().encode(text).length - 16;
  const count = Math.floor(room / filler.length);
  if (count < 1 || !text.startsWith('{"')) return text;
  const skipped = `"zzz":[${filler.repeat(count).slice(0, -1)}]`;
  return `{${skipped},${text.slice(1)}`;
}
