// Requests targeted at the change of a mutant: those of the tests, with the values in the change, or neighboring
// values, in every place that accepts their type.

import {
  type Edit,
  emptyObject,
  type Json,
  parseJson,
  toParsedJson,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { tokenize } from '@nhipol/language/syntax';
import { readCidr, type Type } from '@nhipol/language/types';
import { listRequestPlaces, type RequestPlace, setJsonValue } from '../explore/paths.ts';
import { listNetworkEdges } from '../generate/addresses.ts';
import type { GeneratedRequest } from '../generate/requests.ts';

export interface Aim {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** The change is in a pattern: strings are tried in other forms. */
  readonly isPattern: boolean;
}

/** `texts`: the replaced text of each edit. */
export function createAim(operator: string, edits: readonly Edit[], texts: readonly string[]): Aim {
  const words = [...texts, ...edits.map(({ text }) => text)].flatMap((text) =>
    tokenize(text).tokens.map(({ image }) => image),
  );
  const numbers = words
    .filter((word) => /^\d[\d_]*(?:\.\d+)?$/.test(word))
    .map((word) => Number(word.replaceAll('_', '')));
  return {
    numbers: removeDuplicates(numbers.flatMap((at) => [at, at + 1, at - 1]).map(String)),
    texts: removeDuplicates(words.flatMap(listTexts)),
    isPattern: operator === 'pattern',
  };
}

function listTexts(word: string): readonly string[] {
  if (/^"(?:[^"\\]|\\.)*"$/.test(word)) return [JSON.parse(word) as string];
  const network = readCidr(word);
  if (network !== undefined) return listNetworkEdges(network);
  return /^[A-Za-z_]\w*$/.test(word) ? [word] : [];
}

function removeDuplicates(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

export function* generateTargetedRequests(
  policy: PolicyModel,
  bases: readonly GeneratedRequest[],
  aim: Aim,
): Iterable<GeneratedRequest> {
  for (const base of bases) {
    const json = parseJson(base.text);
    if (json === undefined) continue;
    for (const place of listRequestPlaces(policy, json)) {
      for (const value of listValues(place, aim)) {
        const after = setJsonValue(json, place.way, value);
        if (after !== undefined) yield { ...base, text: writeJson(after) };
      }
    }
  }
}

function listValues({ type, json }: RequestPlace, aim: Aim): readonly Json[] {
  const forms =
    aim.isPattern && json?.kind === 'string' ? listForms(json.value).map(toParsedJson) : [];
  return [...listFitting(type, aim), ...forms];
}

function listFitting(type: Type, aim: Aim): readonly Json[] {
  switch (type.kind) {
    case 'Int':
    case 'Decimal':
      return aim.numbers.map((number) => ({ kind: 'number', offset: 0, text: number }));
    case 'Enum':
      return aim.texts.filter((each) => type.members.includes(each)).map(toParsedJson);
    case 'String':
    case 'Ip':
    case 'SpiffeId':
      return aim.texts.map(toParsedJson);
    case 'Set':
    case 'List':
      return listFitting(type.element, aim).map((each) => ({
        kind: 'array',
        offset: 0,
        elements: [each],
      }));
    case 'Map':
      return aim.texts.flatMap((name) =>
        listFitting(type.value, aim).map((value) => ({
          ...emptyObject,
          members: [{ name, nameOffset: 0, value }],
        })),
      );
    default:
      type.kind satisfies 'Bool' | 'Timestamp' | 'Duration' | 'Cidr' | 'Record';
      return [];
  }
}

/** With other case, and with an additional segment. */
function listForms(value: string): readonly string[] {
  return [value.toUpperCase(), value.toLowerCase(), value.replace(/([./:])(?=[^./:]*$)/, '$1x$1')];
}
