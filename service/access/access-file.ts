// Reads the file that says who may call the service. Throws a `SettingsError` with the place of the first mistake.

import {
  expectOnly,
  listIn,
  objectIn,
  oneOf,
  parseSettings,
  SettingsError,
  textIn,
  urlIn,
} from '../json/settings.ts';
import { tokenAlgorithms } from '../tokens/verify-token.ts';
import { type AccessOptions, type ApiKey, type Role, roles } from './access.ts';

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
    ...(tokens === undefined ? {} : { tokens: tokensIn(tokens) }),
    ...(certificates === undefined
      ? {}
      : { certificates: listIn(certificates, '$.certificates', certificateIn) }),
  };
}

function keyIn(value: unknown, path: string): ApiKey {
  const given = objectIn(value, path);
  expectOnly(given, ['id', 'sha256', 'roles'], path);
  const sha256 = textIn(given.sha256, `${path}.sha256`);
  if (!/^[0-9a-fA-F]{64}$/.test(sha256)) {
    throw new SettingsError(
      `${path}.sha256: expected 64 hexadecimal digits, the SHA-256 of the key`,
    );
  }
  return { id: textIn(given.id, `${path}.id`), sha256, roles: rolesIn(given.roles, path) };
}

function certificateIn(value: unknown, path: string) {
  const given = objectIn(value, path);
  expectOnly(given, ['name', 'roles'], path);
  return { name: textIn(given.name, `${path}.name`), roles: rolesIn(given.roles, path) };
}

function tokensIn(value: unknown): NonNullable<AccessOptions['tokens']> {
  const path = '$.tokens';
  const given = objectIn(value, path);
  expectOnly(given, ['issuer', 'audience', 'jwks', 'algorithms', 'roles'], path);
  return {
    issuer: textIn(given.issuer, `${path}.issuer`),
    audience: textIn(given.audience, `${path}.audience`),
    jwks: urlIn(given.jwks, `${path}.jwks`),
    algorithms: algorithmsIn(given.algorithms, `${path}.algorithms`),
    roles: rolesIn(given.roles, path),
  };
}

/** Algorithms of signatures; default: RS256, ES256 and EdDSA. */
export function algorithmsIn(value: unknown, path: string): readonly string[] {
  const algorithms = listIn(value ?? ['RS256', 'ES256', 'EdDSA'], path, textIn);
  const refused = algorithms.find((each) => !tokenAlgorithms.includes(each));
  if (refused === undefined) return algorithms;
  throw new SettingsError(`${path}: ${refused} is not one with a public key`);
}

function rolesIn(value: unknown, parent: string): readonly Role[] {
  const read = (each: unknown, path: string) => oneOf(each, path, roles);
  return listIn(value ?? ['evaluate'], `${parent}.roles`, read);
}
