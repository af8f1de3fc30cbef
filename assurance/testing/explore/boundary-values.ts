// Requests and payloads with one member set to a constant that the policy compares it with, or to a neighbor of
// it: each in turn, so that no boundary is left to chance.

import { createJsonNumber, type Json, parseJson, toParsedJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { RecordType } from '@nhipol/language/types';
import { type Boundaries, collectBoundaries } from '../generate/boundaries.ts';
import { withDigest } from '../generate/requests.ts';
import { formatSeconds } from '../generate/values.ts';
import { listRecordPlaces, listRequestPlaces, type RequestPlace, setJsonValue } from './paths.ts';

const maxPerPlace = 12;

/** None for a string that is not a JSON object. */
export function listBoundaryRequests(policy: PolicyModel, request: string): readonly string[] {
  const json = parseJson(request);
  if (json === undefined) return [];
  return listVariants(json, listRequestPlaces(policy, json), collectBoundaries(policy)).map(
    (each) => withDigest(each, policy),
  );
}

/** `path`: the record's, as the policy writes it. */
export function listBoundaryRecords(
  policy: PolicyModel,
  shape: RecordType,
  path: string,
  record: string,
): readonly string[] {
  const json = parseJson(record);
  return json === undefined
    ? []
    : listVariants(json, listRecordPlaces(shape, path, json), collectBoundaries(policy));
}

function listVariants(
  json: Json,
  places: readonly RequestPlace[],
  boundaries: Boundaries,
): readonly string[] {
  return places.flatMap((place) =>
    listBoundaryValues(place, boundaries)
      .slice(0, maxPerPlace)
      .map((value) => writeJson(setJsonValue(json, place.way, value) ?? json)),
  );
}

function listBoundaryValues({ path, type }: RequestPlace, { at }: Boundaries): readonly Json[] {
  const constants = at.get(path);
  if (constants === undefined) return [];
  switch (type.kind) {
    case 'Int':
      return listAdjacent(constants.ints).map(String).map(createJsonNumber);
    case 'Decimal':
      return listAdjacent(constants.decimals).map(formatMillionths).map(createJsonNumber);
    case 'Duration':
      return listAdjacent(constants.durations).map(formatSeconds).map(createJsonNumber);
    case 'Enum':
      return type.members.map(toParsedJson);
    case 'Bool':
      return [true, false].map((value) => ({ kind: 'boolean', offset: 0, value }));
    case 'String':
      return constants.strings.map(toParsedJson);
    default:
      type.kind satisfies
        | ('Set' | 'Timestamp' | 'SpiffeId' | 'Ip' | 'Cidr' | 'Record' | 'List')
        | 'Map';
      return [];
  }
}

function listAdjacent(values: readonly bigint[]): readonly bigint[] {
  return values.flatMap((value) => [value, value + 1n, value - 1n]);
}

function formatMillionths(value: bigint): string {
  const magnitude = value < 0n ? -value : value;
  const fraction = String(magnitude % 1_000_000n).padStart(6, '0');
  return `${value < 0n ? '-' : ''}${magnitude / 1_000_000n}.${fraction}`;
}
