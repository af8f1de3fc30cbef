// Reads one line of a session log: takes strict JSON and returns an input of a session and its instant, or the
// first error. Numbers are JavaScript values, integers are exact.

import { type Json, type JsonObject, memberPath } from '@nhipol/language';
import { didYouMean, suggest } from '@nhipol/language/support';
import type { Members } from '../generate/request-parts.ts';
import {
  expected,
  foundIn,
  idOf,
  instantOf,
  jsonIn,
  jsonValue,
  type LineFault,
  membersOf,
  objectOf,
  reading,
  Wrong,
} from './line-json.ts';

export interface LogLine {
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
  | { readonly kind: 'open'; readonly request: Members }
  | { readonly kind: 'patch' | 'replace'; readonly part: Members }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly payload: Members;
      /** Whether each member of the payload is unknown. */
      readonly isPayloadUnknown?: true;
      readonly time: bigint | undefined;
    }
  | {
      readonly kind: 'decide';
      readonly query: Members;
      /** If the answer is a challenge: permits the call. */
      readonly approval?: GivenApproval;
      /** The whole request, if it is another one than that of the session with the query. */
      readonly facts?: Members;
    }
  | { readonly kind: 'close' };

/** An approval of the call that is decided. Instants are in RFC 3339. */
export interface GivenApproval {
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

export function readLogLine(bytes: Uint8Array, line: number): LogLine | LineFault {
  return reading(line, () => ({ line, ...lineOf(bytes) }));
}

function lineOf(bytes: Uint8Array): Omit<LogLine, 'line'> {
  const json = jsonIn(bytes);
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
