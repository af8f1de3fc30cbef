// Reads one line of a session log: takes strict JSON and returns an input of a session and its instant, or the
// first error. Numbers are JavaScript values, integers are exact.

import { type Json, type JsonObject, spellJsonPath } from '@nhipol/language';
import { didYouMean, suggest } from '@nhipol/language/support';
import type { JsonMembers } from '../generate/request-parts.ts';
import {
  describeFound,
  expectInstant,
  expectMembers,
  expectObject,
  expectSessionId,
  type LineFault,
  parseLineJson,
  readJsonValue,
  throwUnexpected,
  tryReading,
  Wrong,
} from './line-json.ts';

export interface ReplayLine {
  /** From 1. */
  readonly line: number;
  /** Milliseconds since the epoch. */
  readonly at: bigint;
  readonly session: string;
  readonly input: SessionInput;
  /**
   * Whether an input that the policy refuses is counted and skipped, instead of being an error in the line: it is from
   * a decision log, which may have been written with another policy.
   */
  readonly isSkippable?: true;
}

export type SessionInput =
  | { readonly kind: 'open'; readonly request: JsonMembers }
  | { readonly kind: 'patch' | 'replace'; readonly part: JsonMembers }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly payload: JsonMembers;
      /** Whether each member of the payload is unknown. */
      readonly isPayloadUnknown?: true;
      readonly time: bigint | undefined;
    }
  | {
      readonly kind: 'decide';
      readonly query: JsonMembers;
      /** If the answer is a challenge: permits the call. */
      readonly approval?: ReplayedApproval;
      /** The whole request, if it is another one than that of the session with the query. */
      readonly facts?: JsonMembers;
    }
  | { readonly kind: 'close' };

/** An approval of the call that is decided. Instants are in RFC 3339. */
export interface ReplayedApproval {
  readonly approver: string | undefined;
  readonly grantedAt: string;
  readonly expiresAt: string;
}

const kinds = ['open', 'patch', 'replace', 'signal', 'decide', 'close'] as const;
const ofSignals = ['payload', 'time'];
const names = ['at', 'session', ...kinds, ...ofSignals];

/** The parts of a request that each kind of line may have. */
const parts = {
  patch: ['subject', 'action', 'resource', 'context'],
  replace: ['subject', 'action', 'resource', 'context'],
  decide: ['action', 'resource', 'context'],
} as const;

export function readLogLine(bytes: Uint8Array, line: number): ReplayLine | LineFault {
  return tryReading(line, () => ({ line, ...parseLine(bytes) }));
}

function parseLine(bytes: Uint8Array): Omit<ReplayLine, 'line'> {
  const json = parseLineJson(bytes);
  const members = expectMembers(json, '$', 'an object');
  for (const { name } of members) expectKnown(name, names, '$');
  const kind = findKind(members);
  const of = (name: string) => members.find((member) => member.name === name)?.value;
  for (const name of ofSignals) {
    if (kind !== 'signal' && of(name) !== undefined)
      throw new Wrong(`$.${name}`, `\`${name}\` is only allowed in a signal`);
  }
  return {
    at: expectInstant(of('at'), '$.at'),
    session: expectSessionId(of('session')),
    input: readInput(kind, of),
  };
}

function findKind(members: JsonObject['members']): (typeof kinds)[number] {
  const [kind, other] = kinds.filter((each) => members.some(({ name }) => name === each));
  const one = `one of ${kinds.map((each) => `\`${each}\``).join(', ')}`;
  if (kind === undefined) return throwUnexpected('$', one, 'none');
  if (other !== undefined) return throwUnexpected('$', one, `\`${kind}\` and \`${other}\``);
  return kind;
}

function readInput(
  kind: (typeof kinds)[number],
  of: (name: string) => Json | undefined,
): SessionInput {
  const path = `$.${kind}`;
  switch (kind) {
    case 'open':
      return { kind, request: expectObject(of(kind), path, 'a request') };
    case 'patch':
    case 'replace':
      return { kind, part: readPart(of(kind), kind, 'a part of a request') };
    case 'decide':
      return { kind, query: readPart(of(kind), kind, 'a query, such as {}') };
    case 'close':
      if (of(kind)?.kind !== 'boolean' || readJsonValue(of(kind) as Json, path) !== true)
        return throwUnexpected(path, 'true', describeFound(of(kind)));
      return { kind };
    case 'signal': {
      const name = of(kind);
      if (name?.kind !== 'string')
        return throwUnexpected(path, 'the name of a signal', describeFound(name));
      const payload = of('payload');
      const time = of('time');
      return {
        kind,
        name: name.value,
        payload:
          payload === undefined
            ? {}
            : expectObject(payload, '$.payload', 'the payload of the signal'),
        time: time === undefined ? undefined : expectInstant(time, '$.time'),
      };
    }
  }
}

/** Each part is an object, and so are the properties in a patch: a patch cannot remove one as a whole. */
function readPart(json: Json | undefined, kind: keyof typeof parts, what: string): JsonMembers {
  const path = `$.${kind}`;
  for (const { name, value } of expectMembers(json, path, `an object: ${what}`)) {
    expectKnown(name, parts[kind], path);
    const inner = spellJsonPath(path, name);
    const properties = expectMembers(value, inner, 'an object').find(
      (member) => member.name === 'properties',
    );
    if (kind === 'patch' && name !== 'context' && properties !== undefined)
      expectMembers(properties.value, `${inner}.properties`, 'an object');
  }
  return expectObject(json, path, what);
}

function expectKnown(name: string, candidates: readonly string[], path: string): void {
  if (candidates.includes(name)) return;
  const near = suggest(name, candidates);
  const list = candidates.map((candidate) => `\`${candidate}\``);
  const help =
    near.length > 0
      ? didYouMean(near)
      : `there are ${list.slice(0, -1).join(', ')} and ${list.at(-1)}`;
  throw new Wrong(spellJsonPath(path, name), `unknown member \`${name}\`: ${help}`);
}
