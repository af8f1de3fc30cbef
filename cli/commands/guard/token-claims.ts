// Reads how clients of a guard over HTTP are identified by their tokens.

import type { TokenOptions } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';
import { readInputText } from '../../io/files.ts';

const names = [
  'issuer',
  'audience',
  'jwks',
  'algorithms',
  'types',
  'subject',
  'context',
  'forward',
];

/** `path`: a JSON file, which docs/guard.md describes. */
export async function readTokenClaims(path: string): Promise<TokenOptions> {
  const { accessTokenTypes, anyDestination, parseFile, tokenAlgorithms } = await import(
    '@nhipol/service'
  );
  const text = await readInputText(path);
  const wrong = (problem: string) => new UsageError(`--token-claims ${path}: ${problem}`);
  const given = parseMembers(() => parseFile(text), wrong);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrong(`unknown member \`${unknown}\``);
  const { issuer, audience, jwks, algorithms, subject, context = {}, forward = false } = given;
  const { types = accessTokenTypes } = given;
  if (typeof issuer !== 'string') throw wrong('`issuer` must be a string');
  if (typeof audience !== 'string') throw wrong('`audience` must be a string');
  if (typeof jwks !== 'string' || !/^https?:/.test(jwks) || !URL.canParse(jwks)) {
    throw wrong('`jwks` must be an http or https URL');
  }
  try {
    anyDestination.expect(new URL(jwks));
  } catch (error) {
    throw wrong(`\`jwks\`: ${(error as Error).message}`);
  }
  if (!isKnown(algorithms, tokenAlgorithms)) {
    throw wrong(`\`algorithms\` must be a list of ${tokenAlgorithms.join(', ')}`);
  }
  if (!Array.isArray(types) || types.length === 0 || !types.every(isText)) {
    throw wrong('`types` must be a list of types of tokens, such as at+jwt');
  }
  if (!isMembers(subject) || typeof subject.type !== 'string' || typeof subject.id !== 'string') {
    throw wrong('`subject` must be an object with `type` and `id`');
  }
  const { type, id, properties = {} } = subject;
  if (!isMembers(properties)) throw wrong('`subject.properties` must be an object');
  if (!isMembers(context)) throw wrong('`context` must be an object');
  if (typeof forward !== 'boolean') throw wrong('`forward` must be true or false');
  return {
    issuer,
    audience,
    algorithms,
    types,
    context,
    jwks: new URL(jwks),
    isForwarded: forward,
    subject: { type, id, properties },
  };
}

function parseMembers(read: () => unknown, wrong: (problem: string) => UsageError) {
  try {
    const value = read();
    if (isMembers(value)) return value;
  } catch (error) {
    throw wrong((error as Error).message);
  }
  throw wrong('expected an object');
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isKnown(value: unknown, known: readonly string[]): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => known.includes(each));
}
