// Reads one line of a session log: takes strict JSON and returns an input of a session and its instant, or the
// first error. Numbers are JavaScript values, integers are exact.

import {
  type FoundName,
  hostTexts,
  type JsonValue,
  maxName,
  requestErrors,
} from '@nhipol/runtime/abi';
import { memberPath } from '../../language/index.ts';
import { type Json, type JsonObject, readJson } from '../../language/request/json.ts';
import { foundIn as kindFound } from '../../language/request/scalar.ts';
import { didYouMean, suggest } from '../../language/support/suggest.ts';
import { firstInstant, lastInstant, parseInstant } from '../../language/types/time/instant.ts';
import type { Members } from '../generate/request-parts.ts';

export interface LogLine {
  /** From 1. */
  readonly line: number;
  /** Milliseconds since the epoch. */
  readonly at: bigint;
  readonly session: string;
  readonly input: SessionInput;
}

export type SessionInput =
  | { readonly kind: 'open'; readonly request: Members }
  | { readonly kind: 'patch' | 'replace'; readonly part: Members }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly payload: Members;
      readonly time: bigint | undefined;
    }
  | { readonly kind: 'decide'; readonly query: Members }
  | { readonly kind: 'close' };

export interface LineFault {
  readonly line: number;
  /** JSONPath of the member at fault; `$` for the line as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The maximum length of a line, in bytes. */
const maxLineBytes = 1_000_000;

const kinds = ['open', 'patch', 'replace', 'signal', 'decide', 'close'] as const;
const ofSignals = ['payload', 'time'];
const names = ['at', 'session', ...kinds, ...ofSignals];

/** The parts of a request that each kind of line may have. */
const parts = {
  patch: ['subject', 'action', 'resource', 'context'],
  replace: ['subject', 'action', 'resource', 'context'],
  decide: ['action', 'resource', 'context'],
} as const;

export function readLogLine(bytes: Uint8Array, line: number): LogLine | LineFault {
  try {
    return { line, ...lineOf(bytes) };
  } catch (failure) {
    if (failure instanceof Wrong) return { line, path: failure.path, message: failure.message };
    throw failure;
  }
}

/** Unwinds the reader; never thrown out of this file. */
class Wrong extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function expected(path: string, what: string, found: string): never {
  throw new Wrong(path, `expected ${what}, found ${found}`);
}

function lineOf(bytes: Uint8Array): Omit<LogLine, 'line'> {
  const json = readJson(bytes, maxLineBytes);
  if ('code' in json) {
    if (json.code === 'too_large') expected('$', `at most ${maxLineBytes} bytes`, 'a longer line');
    const row = requestErrors[json.code];
    const column = new TextDecoder().decode(bytes.subarray(0, json.offset)).length + 1;
    const [what, instead] =
      'expected' in row ? [row.expected, row.found] : ['valid JSON', hostTexts.otherValue];
    return expected('$', what, `${instead}, in column ${column}`);
  }
  const members = membersOf(json, '$', 'an object');
  for (const { name } of members) known(name, names, '$');
  const kind = kindOf(members);
  const of = (name: string) => members.find((member) => member.name === name)?.value;
  for (const name of ofSignals) {
    if (kind !== 'signal' && of(name) !== undefined)
      throw new Wrong(`$.${name}`, `\`${name}\` is only allowed in a signal`);
  }
  return {
    at: instantOf(of('at'), '$.at'),
    session: idOf(of('session')),
    input: inputOf(kind, of),
  };
}

function kindOf(members: JsonObject['members']): (typeof kinds)[number] {
  const [kind, other] = kinds.filter((each) => members.some(({ name }) => name === each));
  const one = `one of ${kinds.map((each) => `\`${each}\``).join(', ')}`;
  if (kind === undefined) return expected('$', one, 'none');
  if (other !== undefined) return expected('$', one, `\`${kind}\` and \`${other}\``);
  return kind;
}

function inputOf(
  kind: (typeof kinds)[number],
  of: (name: string) => Json | undefined,
): SessionInput {
  const path = `$.${kind}`;
  switch (kind) {
    case 'open':
      return { kind, request: objectOf(of(kind), path, 'a request') };
    case 'patch':
    case 'replace':
      return { kind, part: partOf(of(kind), kind, 'a part of a request') };
    case 'decide':
      return { kind, query: partOf(of(kind), kind, 'a query, such as {}') };
    case 'close':
      if (of(kind)?.kind !== 'boolean' || jsonValue(of(kind) as Json, path) !== true)
        return expected(path, 'true', foundIn(of(kind)));
      return { kind };
    case 'signal': {
      const name = of(kind);
      if (name?.kind !== 'string') return expected(path, 'the name of a signal', foundIn(name));
      const payload = of('payload');
      const time = of('time');
      return {
        kind,
        name: name.value,
        payload:
          payload === undefined ? {} : objectOf(payload, '$.payload', 'the payload of the signal'),
        time: time === undefined ? undefined : instantOf(time, '$.time'),
      };
    }
  }
}

/** Each part is an object, and so are the properties in a patch: a patch cannot remove one as a whole. */
function partOf(json: Json | undefined, kind: keyof typeof parts, what: string): Members {
  const path = `$.${kind}`;
  for (const { name, value } of membersOf(json, path, `an object: ${what}`)) {
    known(name, parts[kind], path);
    const inner = memberPath(path, name);
    const properties = membersOf(value, inner, 'an object').find(
      (each) => each.name === 'properties',
    );
    if (kind === 'patch' && name !== 'context' && properties !== undefined)
      membersOf(properties.value, `${inner}.properties`, 'an object');
  }
  return objectOf(json, path, what);
}

function objectOf(json: Json | undefined, path: string, what: string): Members {
  membersOf(json, path, `an object: ${what}`);
  return jsonValue(json as Json, path) as Members;
}

/** Rejects duplicate names. */
function membersOf(json: Json | undefined, path: string, what: string): JsonObject['members'] {
  if (json?.kind !== 'object') return expected(path, what, foundIn(json));
  const found = new Set<string>();
  for (const { name } of json.members) {
    if (found.has(name))
      expected(
        memberPath(path, name),
        requestErrors.duplicate_name.expected,
        requestErrors.duplicate_name.found,
      );
    found.add(name);
  }
  return json.members;
}

function known(name: string, candidates: readonly string[], path: string): void {
  if (candidates.includes(name)) return;
  const near = suggest(name, candidates);
  const list = candidates.map((each) => `\`${each}\``);
  const help =
    near.length > 0
      ? didYouMean(near)
      : `there are ${list.slice(0, -1).join(', ')} and ${list.at(-1)}`;
  throw new Wrong(memberPath(path, name), `unknown member \`${name}\`: ${help}`);
}

function idOf(json: Json | undefined): string {
  if (json?.kind !== 'string') return expected('$.session', 'the id of a session', foundIn(json));
  const { value } = json;
  if (value === '') expected('$.session', 'the id of a session', 'an empty string');
  if (new TextEncoder().encode(value).length > maxName)
    expected('$.session', `an id of at most ${maxName} bytes`, 'a longer string');
  return value;
}

function instantOf(json: Json | undefined, path: string): bigint {
  const what = 'an instant such as "2026-01-31T09:30:00Z", or milliseconds since 1970';
  if (json?.kind === 'string')
    return parseInstant(json.value) ?? expected(path, what, 'a string that is not an instant');
  if (json?.kind !== 'number') return expected(path, what, foundIn(json));
  const value = Number(json.text);
  if (!Number.isInteger(value))
    return expected(path, what, 'a fractional number' satisfies FoundName);
  return value >= firstInstant && value <= lastInstant
    ? BigInt(value)
    : expected(path, what, 'a number out of range');
}

function jsonValue(json: Json, path: string): JsonValue {
  switch (json.kind) {
    case 'object': {
      const entries = membersOf(json, path, '').map(
        ({ name, value }) => [name, jsonValue(value, memberPath(path, name))] as const,
      );
      // A member may be called `__proto__`.
      return Object.fromEntries(entries);
    }
    case 'array':
      return json.elements.map((element, index) => jsonValue(element, `${path}[${index}]`));
    case 'number':
      return numberOf(json.text, path);
    case 'null':
      return null;
    default:
      return json.value;
  }
}

function numberOf(text: string, path: string): number | bigint {
  const value = Number(text);
  if (!Number.isFinite(value)) expected(path, 'a number within 64 bits', 'a larger number');
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(text) ? BigInt(text) : BigInt(value);
}

function foundIn(json: Json | undefined): string {
  return json === undefined ? 'nothing' : kindFound(json);
}
