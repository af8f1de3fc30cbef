// The requests of a measurement: JSON lines, an array, or one request over several lines come in; each
// goes out as bytes, with the place by which it is told of.

import { UsageError } from '../../io/exit-codes.ts';

export interface BenchRequest {
  /** Such as `requests.jsonl:3`, or `requests.json[2]`. */
  readonly place: string;
  readonly bytes: Uint8Array;
  /** As JavaScript holds it; undefined: it is no JSON. */
  readonly value: unknown;
}

const encoder = new TextEncoder();

export function benchRequests(name: string, text: string): readonly BenchRequest[] {
  const all = parsed(text);
  if (Array.isArray(all)) {
    return some(
      name,
      all.map((value: unknown, at) => ({
        place: `${name}[${at}]`,
        bytes: encoder.encode(JSON.stringify(value)),
        value,
      })),
    );
  }
  if (all !== undefined) return [{ place: name, bytes: encoder.encode(text), value: all }];
  if (text.trimStart().startsWith('[')) throw new UsageError(`${name} is not a JSON array`);
  return some(
    name,
    text
      .split('\n')
      .flatMap((line, at) =>
        line.trim() === ''
          ? []
          : [{ place: `${name}:${at + 1}`, bytes: encoder.encode(line), value: parsed(line) }],
      ),
  );
}

function some(name: string, requests: readonly BenchRequest[]): readonly BenchRequest[] {
  if (requests.length === 0) throw new UsageError(`${name} holds no requests`);
  return requests;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
