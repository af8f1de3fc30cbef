// Shrinks a request: the same with something removed, or with a simpler value. Each result is smaller in a
// well-founded order, so that repeated shrinking terminates.

import { emptyObject, type Json, parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { readIp, type Type } from '@nhipol/language/types';
import type { GeneratedRequest } from '../generate/requests.ts';
import { isChooser } from '../generate/selector-names.ts';
import { noTables } from '../generate/tables.ts';
import { listRequestPlaces, type RequestPlace, setJsonValue } from './paths.ts';

/** Yields the largest steps first. Members that the policy requires are not removed. */
export function* shrinks(
  policy: PolicyModel,
  sample: GeneratedRequest,
): Iterable<GeneratedRequest> {
  const { text, now, tables } = sample;
  if (tables.size > 0) yield { ...sample, tables: noTables };
  for (const name of tables.keys()) {
    yield { ...sample, tables: new Map([...tables].filter(([each]) => each !== name)) };
  }
  if (now !== undefined) yield { text, now: undefined, tables };
  const json = parseJson(text);
  if (json === undefined) return;
  const plain = writeJson(dropUndeclared(policy, json));
  if (plain.length < text.length) yield { ...sample, text: plain };
  for (const after of listSimplerJson(policy, json)) yield { ...sample, text: writeJson(after) };
}

/** Repeats with the first smaller one for which `holds` is true, until there is none. */
export function shrinkWhile<Sample>(
  sample: Sample,
  simplerThan: (sample: Sample) => Iterable<Sample>,
  holds: (sample: Sample) => boolean,
): Sample {
  let smallest = sample;
  for (;;) {
    const found = findFirst(simplerThan(smallest), holds);
    if (found === undefined) return smallest;
    smallest = found;
  }
}

function findFirst<T>(values: Iterable<T>, holds: (value: T) => boolean): T | undefined {
  for (const value of values) if (holds(value)) return value;
  return undefined;
}

export function simplify(
  policy: PolicyModel,
  sample: GeneratedRequest,
  holds: (sample: GeneratedRequest) => boolean,
): GeneratedRequest {
  return shrinkWhile(sample, (generatedRequest) => shrinks(policy, generatedRequest), holds);
}

function* listSimplerJson(policy: PolicyModel, json: Json): Iterable<Json> {
  const places = listRequestPlaces(policy, json).filter((place) => place.json !== undefined);
  for (const { required, way } of places) {
    if (!required) yield setJsonValue(json, way, undefined) ?? json;
  }
  for (const place of places) {
    for (const value of listPlainer(place)) yield setJsonValue(json, place.way, value) ?? json;
  }
}

/** Without undeclared members. */
function dropUndeclared(policy: PolicyModel, json: Json): Json {
  const roots: readonly (readonly string[])[] = [
    ['subject'],
    ['action'],
    ['resource'],
    ['context'],
  ];
  const bare = roots.reduce<Json>(
    (object, way) => setJsonValue(object, way, emptyObject) ?? object,
    emptyObject,
  );
  return listRequestPlaces(policy, json).reduce<Json>((object, { way, json: value, type }) => {
    const isElement = way.some((step) => typeof step === 'number');
    if (value === undefined || isElement) return object;
    const held = type.kind === 'Record' && value.kind === 'object' ? emptyObject : value;
    return setJsonValue(object, way, held) ?? object;
  }, bare);
}

function listPlainer({ path, type, json }: RequestPlace): readonly Json[] {
  if (json === undefined || isChooser(path)) return [];
  switch (json.kind) {
    case 'boolean':
      return json.value ? [{ ...json, value: false }] : [];
    case 'number':
      return listPlainerNumbers(json.text).map((text) => ({ ...json, text }));
    case 'string':
      return listPlainerTexts(type, json.value).map((value) => ({ ...json, value }));
    case 'array':
      return listShorter(json.elements).map((elements) => ({ ...json, elements }));
    default:
      return [];
  }
}

/** Closer to zero, by halving steps so that a distant boundary is found quickly; then with fewer digits. */
function listPlainerNumbers(text: string): readonly string[] {
  const value = Number(text);
  if (!Number.isFinite(value)) return ['0'];
  const near = [0, Math.trunc(value)];
  for (let step = Math.trunc(value / 2); step !== 0; step = Math.trunc(step / 2)) {
    near.push(Math.trunc(value - step));
  }
  near.push(value - Math.sign(value));
  const smaller = near.filter((each) => Math.abs(each) < Math.abs(value)).map(String);
  const short = String(value);
  return [...new Set(short.length < text.length ? [...smaller, short] : smaller)];
}

function listPlainerTexts(type: Type, value: string): readonly string[] {
  if (type.kind === 'Enum') {
    const ordinal = type.members.indexOf(value);
    return ordinal < 0 ? type.members : type.members.slice(0, ordinal);
  }
  if (type.kind === 'Timestamp') return listRounder(value);
  const plain = plainTexts[type.kind] ?? 'x';
  if (value === plain) return [];
  if (type.kind === 'Ip') {
    const usual = readIp(value);
    return usual !== undefined && usual.length < value.length ? [plain, usual] : [plain];
  }
  const half = value.slice(0, Math.floor(value.length / 2));
  return value.length > 16 ? [plain, half] : [plain];
}

const plainTexts: Readonly<Partial<Record<Type['kind'], string>>> = {
  SpiffeId: 'spiffe://example.org/x',
  Ip: '10.0.0.1',
  Cidr: '10.0.0.0/8',
};

/** Rounded down to the day, the hour, the minute and the second. */
function listRounder(value: string): readonly string[] {
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) return [];
  const steps = [86_400_000, 3_600_000, 60_000, 1_000];
  const rounded = steps.map((step) => Math.floor(instant / step) * step);
  const texts = rounded
    .filter((each) => each !== instant)
    .map((each) => new Date(each).toISOString().replace('.000Z', 'Z'));
  const same = new Date(instant).toISOString().replace('.000Z', 'Z');
  return same.length < value.length ? [...texts, same] : texts;
}

function listShorter(elements: readonly Json[]): readonly (readonly Json[])[] {
  if (elements.length === 0) return [];
  const without = elements.map((_, out) => elements.filter((__, index) => index !== out));
  return elements.length > 2
    ? [[], elements.slice(0, elements.length / 2), ...without]
    : [[], ...without];
}
