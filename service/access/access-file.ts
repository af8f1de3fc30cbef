// Reads the file that says who may call the service. Throws a `SettingsError` with the place of the first mistake.

import type { Members } from '../json/members.ts';
import {
  expectOnly,
  listIn,
  objectIn,
  oneOf,
  parseSettings,
  positiveIn,
  SettingsError,
  textIn,
} from '../json/settings.ts';
import { calledUrlIn } from '../tokens/called-url.ts';
import { accessTokenTypes, type TokenTrust, tokenAlgorithms } from '../tokens/verify-token.ts';
import type { AccessOptions, ApiKey, Grant } from './access.ts';
import { type Role, roles } from './caller.ts';

/** `text`: JSON with `keys`, `tokens` and `certificates`, of which each may be missing. */
export function readAccess(text: string): AccessOptions {
  const given = parseSettings(text);
  expectOnly(given, ['keys', 'tokens', 'certificates'], '$');
  const { keys, tokens, certificates } = given;
  if (keys === undefined && tokens === undefined && certificates === undefined) {
    throw new SettingsError(
      '$: has neither `keys` nor `tokens` nor `certificates`, so nobody may call',
    );
  }
  return {
    ...(keys === undefined ? {} : { keys: listIn(keys, '$.keys', keyIn) }),
    ...(tokens === undefined ? {} : { tokens: issuersIn(tokens) }),
    ...(certificates === undefined
      ? {}
      : { certificates: listIn(certificates, '$.certificates', certificateIn) }),
  };
}

function keyIn(value: unknown, path: string): ApiKey {
  const given = objectIn(value, path);
  expectOnly(given, ['id', 'sha256', ...grantNames], path);
  const sha256 = textIn(given.sha256, `${path}.sha256`);
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) {
    throw new SettingsError(
      `${path}.sha256: expected 64 hexadecimal digits, the SHA-256 of the key`,
    );
  }
  return { id: textIn(given.id, `${path}.id`), sha256, ...grantIn(given, path) };
}

function certificateIn(value: unknown, path: string) {
  const given = objectIn(value, path);
  expectOnly(given, ['name', ...grantNames], path);
  return { name: textIn(given.name, `${path}.name`), ...grantIn(given, path) };
}

function issuersIn(value: unknown): NonNullable<AccessOptions['tokens']> {
  const path = '$.tokens';
  if (!Array.isArray(value)) return [tokensIn(value, path)];
  const issuers = listIn(value, path, tokensIn);
  const names = issuers.map(({ issuer }) => issuer);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return issuers;
  throw new SettingsError(`${path}: the issuer ${twice} occurs twice`);
}

function tokensIn(value: unknown, path: string): TokenTrust & Grant {
  const given = objectIn(value, path);
  expectOnly(given, ['issuer', 'audience', 'jwks', 'algorithms', 'types', ...grantNames], path);
  const issuer = textIn(given.issuer, `${path}.issuer`);
  // It separates issuer and subject in the ids of callers; an issuer has no fragment (RFC 8414, section 2).
  if (issuer.includes('#')) throw new SettingsError(`${path}.issuer: expected no \`#\``);
  return {
    issuer,
    audience: textIn(given.audience, `${path}.audience`),
    algorithms: algorithmsIn(given.algorithms, `${path}.algorithms`),
    jwks: calledUrlIn(given.jwks, `${path}.jwks`),
    types: typesIn(given.types, `${path}.types`),
    ...grantIn(given, path),
  };
}

/** Values of the header `typ` of tokens; default: those of access tokens. */
function typesIn(value: unknown, path: string): readonly string[] {
  const types = listIn(value ?? accessTokenTypes, path, textIn);
  if (types.length > 0) return types;
  throw new SettingsError(`${path}: expected a type, such as at+jwt`);
}

const grantNames = ['roles', 'tenant', 'max_rate', 'max_sessions'];

function grantIn(members: Members, path: string): Grant {
  const { roles: given, tenant, max_rate: maxRate, max_sessions: maxSessions } = members;
  const read = (each: unknown, place: string) => oneOf(each, place, roles);
  return {
    roles: listIn(given ?? defaultRoles, `${path}.roles`, read),
    ...(tenant === undefined ? {} : { tenant: textIn(tenant, `${path}.tenant`) }),
    ...(maxRate === undefined ? {} : { maxRate: positiveIn(maxRate, `${path}.max_rate`) }),
    ...(maxSessions === undefined
      ? {}
      : { maxSessions: positiveIn(maxSessions, `${path}.max_sessions`) }),
  };
}

const defaultRoles: readonly Role[] = ['evaluate'];

/** Algorithms of signatures; default: RS256, ES256 and EdDSA. */
export function algorithmsIn(value: unknown, path: string): readonly string[] {
  const algorithms = listIn(value ?? ['RS256', 'ES256', 'EdDSA'], path, textIn);
  const refused = algorithms.find((each) => !tokenAlgorithms.includes(each));
  if (refused === undefined) return algorithms;
  throw new SettingsError(`${path}: ${refused} is not one with a public key`);
}
