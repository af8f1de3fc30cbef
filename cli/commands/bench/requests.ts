// Reads the requests of a measurement from JSON lines, a JSON array, or one JSON document. Returns each request
// as bytes, with its place for messages.

import { UsageError } from '../../io/exit-codes.ts';
import { tryParseJson } from '../../io/parse-json.ts';

export interface BenchRequest {
  /** The place of the request, such as `requests.jsonl:3` or `requests.json[2]`. */
  readonly place: string;
  readonly bytes: Uint8Array;
  /** The parsed request, or `undefined` if it is not valid JSON. */
  readonly value: unknown;
}

const encoder = new TextEncoder();

export function benchRequests(name: string, text: string): readonly BenchRequest[] {
  const all = tryParseJson(text);
  if (Array.isArray(all)) {
    return requireSome(
      name,
      all.map((value: unknown, index) => ({
        place: `${name}[${index}]`,
        bytes: encoder.encode(JSON.stringify(value)),
        value,
      })),
    );
  }
  if (all !== undefined) return [{ place: name, bytes: encoder.encode(text), value: all }];
  if (text.trimStart().startsWith('[')) throw new UsageError(`${name} is not a JSON array`);
  return requireSome(
    name,
    text.split('\n').flatMap((line, index) =>
      line.trim() === ''
        ? []
        : [
            {
              place: `${name}:${index + 1}`,
              bytes: encoder.encode(line),
              value: tryParseJson(line),
            },
          ],
    ),
  );
}

function requireSome(name: string, requests: readonly BenchRequest[]): readonly BenchRequest[] {
  if (requests.length === 0) throw new UsageError(`${name} contains no requests`);
  return requests;
}
