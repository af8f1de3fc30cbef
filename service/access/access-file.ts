// Reads the file that says who may call the service. Throws a `SettingsError` with the place of the first mistake.

import type { Members } from '../json/members.ts';
import {
  expectOnly,
  parseSettings,
  readListSetting,
  readObjectSetting,
  readPositiveSetting,
  readTextSetting,
  readWordSetting,
  SettingsError,
} from '../json/settings.ts';
import { readCalledUrl } from '../tokens/called-url.ts';
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
    ...(keys === undefined ? {} : { keys: readKeys(keys) }),
    ...(tokens === undefined ? {} : { tokens: readIssuers(tokens) }),
    ...(certificates === undefined ? {} : { certificates: readCertificates(certificates) }),
  };
}

/** One value may be written in several ways. */
function readKeys(value: unknown): readonly ApiKey[] {
  const keys = readListSetting(value, '$.keys', readApiKey);
  const values = keys.map(({ sha256 }) => sha256.toLowerCase());
  const second = findRepeated(values);
  if (second === undefined) return keys;
  const [first, other] = [values.indexOf(values[second] ?? ''), second].map((at) => keys[at]?.id);
  throw new SettingsError(
    `$.keys[${second}].sha256: the keys ${first} and ${other} have the same value`,
  );
}

function readCertificates(value: unknown): NonNullable<AccessOptions['certificates']> {
  const certificates = readListSetting(value, '$.certificates', readClientCertificate);
  const second = findRepeated(certificates.map(({ name }) => name));
  if (second === undefined) return certificates;
  const { name } = certificates[second] ?? {};
  throw new SettingsError(`$.certificates[${second}].name: the name ${name} occurs twice`);
}

/** The index of the first value that occurs before it. */
function findRepeated(values: readonly string[]): number | undefined {
  const index = values.findIndex((value, at) => values.indexOf(value) !== at);
  return index < 0 ? undefined : index;
}

function readApiKey(value: unknown, path: string): ApiKey {
  const given = readObjectSetting(value, path);
  expectOnly(given, ['id', 'sha256', ...grantNames], path);
  const sha256 = readTextSetting(given.sha256, `${path}.sha256`);
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) {
    throw new SettingsError(
      `${path}.sha256: expected 64 hexadecimal digits, the SHA-256 of the key`,
    );
  }
  return { id: readTextSetting(given.id, `${path}.id`), sha256, ...readGrant(given, path) };
}

function readClientCertificate(value: unknown, path: string) {
  const given = readObjectSetting(value, path);
  expectOnly(given, ['name', ...grantNames], path);
  return { name: readTextSetting(given.name, `${path}.name`), ...readGrant(given, path) };
}

function readIssuers(value: unknown): NonNullable<AccessOptions['tokens']> {
  const path = '$.tokens';
  if (!Array.isArray(value)) return [readTokenTrust(value, path)];
  const issuers = readListSetting(value, path, readTokenTrust);
  const second = findRepeated(issuers.map(({ issuer }) => issuer));
  if (second === undefined) return issuers;
  throw new SettingsError(`${path}: the issuer ${issuers[second]?.issuer} occurs twice`);
}

function readTokenTrust(value: unknown, path: string): TokenTrust & Grant {
  const given = readObjectSetting(value, path);
  expectOnly(given, ['issuer', 'audience', 'jwks', 'algorithms', 'types', ...grantNames], path);
  const issuer = readTextSetting(given.issuer, `${path}.issuer`);
  // It separates issuer and subject in the ids of callers; an issuer has no fragment (RFC 8414, section 2).
  if (issuer.includes('#')) throw new SettingsError(`${path}.issuer: expected no \`#\``);
  return {
    issuer,
    audience: readTextSetting(given.audience, `${path}.audience`),
    algorithms: readAlgorithms(given.algorithms, `${path}.algorithms`),
    jwks: readCalledUrl(given.jwks, `${path}.jwks`),
    types: readTypes(given.types, `${path}.types`),
    ...readGrant(given, path),
  };
}

/** Values of the header `typ` of tokens; default: the values of access tokens. */
function readTypes(value: unknown, path: string): readonly string[] {
  const types = readListSetting(value ?? accessTokenTypes, path, readTextSetting);
  if (types.length > 0) return types;
  throw new SettingsError(`${path}: expected a type, such as at+jwt`);
}

const grantNames = ['roles', 'tenant', 'max_rate', 'max_sessions'];

function readGrant(members: Members, path: string): Grant {
  const { roles: given, tenant, max_rate: maxRate, max_sessions: maxSessions } = members;
  const read = (each: unknown, place: string) => readWordSetting(each, place, roles);
  return {
    roles: readListSetting(given ?? defaultRoles, `${path}.roles`, read),
    ...(tenant === undefined ? {} : { tenant: readTextSetting(tenant, `${path}.tenant`) }),
    ...(maxRate === undefined ? {} : { maxRate: readPositiveSetting(maxRate, `${path}.max_rate`) }),
    ...(maxSessions === undefined
      ? {}
      : { maxSessions: readPositiveSetting(maxSessions, `${path}.max_sessions`) }),
  };
}

const defaultRoles: readonly Role[] = ['evaluate'];

/** Algorithms of signatures; default: RS256, ES256 and EdDSA. */
export function readAlgorithms(value: unknown, path: string): readonly string[] {
  const algorithms = readListSetting(value ?? ['RS256', 'ES256', 'EdDSA'], path, readTextSetting);
  const refused = algorithms.find((algorithm) => !tokenAlgorithms.includes(algorithm));
  if (refused === undefined) return algorithms;
  throw new SettingsError(`${path}: ${refused} is not one with a public key`);
}
