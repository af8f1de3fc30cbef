// Signed webhooks, for sources that do not send security event tokens: verifies the signature (HMAC) and the age of a
// request, and returns its event by a declared mapping. Throws a `WebhookError` for one that is not acceptable.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isMembers, type Members } from '../../json/members.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { compileTemplate, type Template } from '../../mapping/template.ts';
import { isDeep, maxDepth } from '../../pdp/requests/exact-json.ts';
import { formatEventUri } from '../sets/event-types.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import { SubjectError } from '../subjects/identifier.ts';
import { readSubject } from '../subjects/subject.ts';

export interface WebhookSettings {
  readonly name: string;
  /** Two or more while a secret is replaced. */
  readonly secrets: readonly Uint8Array[];
  readonly signature: SignatureSettings;
  /** How old or how far in the future a request may be, in milliseconds. */
  readonly tolerance: number;
  /** Strings that begin with `$` are expressions over `body` and `headers`. */
  readonly event: WebhookEvent;
}

/** How a request is signed. Names of headers are in lower case. */
export interface SignatureSettings {
  readonly header: string;
  /** The text before the signature. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
  /** The header with the time of the request, in seconds since the epoch, or `undefined` if it has none. */
  readonly timestampHeader: string | undefined;
  /** The header with the id of the request, or `undefined` if its digest identifies it. */
  readonly idHeader: string | undefined;
  /** The signed text, with `{id}`, `{timestamp}` and `{body}`. */
  readonly content: string;
}

interface WebhookEvent {
  readonly type: string;
  readonly subject: unknown;
  readonly claims?: unknown;
  /** The time of the event in RFC 3339, or in seconds since the epoch. Default: that of the request. */
  readonly time?: string;
}

/** The signature of Standard Webhooks (standardwebhooks.com). */
export const standardSignature: SignatureSettings = {
  header: 'webhook-signature',
  prefix: 'v1,',
  encoding: 'base64',
  timestampHeader: 'webhook-timestamp',
  idHeader: 'webhook-id',
  content: '{id}.{timestamp}.{body}',
};

export class WebhookError extends Error {
  readonly status: 400 | 401;

  constructor(status: 400 | 401, message: string) {
    super(message);
    this.name = 'WebhookError';
    this.status = status;
  }
}

type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
export type WebhookReader = (headers: WebhookHeaders, body: Uint8Array) => VerifiedSet;

/** Throws a `MappingError` for an expression that is not valid. */
export function createWebhookReader(settings: WebhookSettings, now: () => number): WebhookReader {
  const { name, signature, tolerance, event } = settings;
  const template = compileTemplate(event);
  return (headers, body) => {
    const timestamp = readTime(signature, headers, tolerance, now());
    const id = findHeader(headers, signature.idHeader);
    expectSigned(settings, headers, { id, timestamp: timestamp?.text, body });
    const parsed = parse(body);
    const jti = id ?? createHash('sha256').update(body).digest('hex');
    const time = timestamp?.time ?? now();
    const read = createEvent(template, { body: parsed, headers: selectTextHeaders(headers) });
    const occurred = Math.min(toTime(read.time) ?? time, now());
    const { type, subject, claims } = read;
    const issuer = `webhook:${name}`;
    return {
      issuer,
      jti,
      events: [{ issuer, jti, type, subject, claims, time: occurred, txn: undefined }],
    };
  };
}

function findHeader(headers: WebhookHeaders, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : headers[name];
  if (name === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookError(401, `the header ${name} is missing`);
}

/** A request that is older than the tolerance may be a replay. */
function readTime(
  { timestampHeader }: SignatureSettings,
  headers: WebhookHeaders,
  tolerance: number,
  now: number,
) {
  const text = findHeader(headers, timestampHeader);
  if (text === undefined) return undefined;
  const time = /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : Number.NaN;
  if (Math.abs(now - time) <= tolerance) return { text, time };
  throw new WebhookError(401, `the request is not of the last ${tolerance / 1_000} seconds`);
}

interface Signed {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly body: Uint8Array;
}

function expectSigned(
  { secrets, signature }: WebhookSettings,
  headers: WebhookHeaders,
  signed: Signed,
): void {
  const { header, prefix, encoding } = signature;
  const given = (findHeader(headers, header) ?? '')
    .split(' ')
    .filter((each) => each.startsWith(prefix));
  const signatures = given.map((each) => Buffer.from(each.slice(prefix.length), encoding));
  const isSigned = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(createContent(signature, signed)).digest();
    return signatures.some(
      (each) => each.length === expected.length && timingSafeEqual(each, expected),
    );
  });
  if (!isSigned) throw new WebhookError(401, 'the signature is not valid');
}

function createContent({ content }: SignatureSettings, { id, timestamp, body }: Signed): Buffer {
  const parts = content.split(/(\{id\}|\{timestamp\}|\{body\})/);
  const bytes = parts.map((part) => {
    if (part === '{body}') return body;
    if (part === '{id}') return Buffer.from(id ?? '');
    return Buffer.from(part === '{timestamp}' ? (timestamp ?? '') : part);
  });
  return Buffer.concat(bytes);
}

/** The sender signed the bytes, and nothing passes them on: repeated names have one meaning here, that of `JSON.parse`. */
function parse(body: Uint8Array): Members {
  if (isDeep(body)) {
    throw new WebhookError(400, `the body has more than ${maxDepth} levels of objects and arrays`);
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    if (isMembers(value)) return value;
  } catch {}
  throw new WebhookError(400, 'the body is not a JSON object');
}

function selectTextHeaders(headers: WebhookHeaders): Members {
  const texts = Object.entries(headers).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}

function createEvent(
  template: Template,
  inputs: { readonly body: Members; readonly headers: Members },
) {
  try {
    const { type, subject, claims = {}, time } = template({ token: {}, ...inputs }) as Members;
    if (typeof type !== 'string' || type === '')
      throw new WebhookError(400, 'the event has no type');
    readSubject(subject, 'subject');
    if (!isMembers(claims)) throw new WebhookError(400, 'the claims are not an object');
    return { type: formatEventUri(type), subject: subject as Members, claims, time };
  } catch (error) {
    if (error instanceof MappingError || error instanceof SubjectError) {
      throw new WebhookError(400, error.message);
    }
    throw error;
  }
}

/** Milliseconds since the epoch. */
function toTime(value: unknown): number | undefined {
  if (typeof value === 'number' && value >= 0) return value * 1_000;
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  if (value === undefined) return undefined;
  throw new WebhookError(400, 'the time of the event is not valid');
}
