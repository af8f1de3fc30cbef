// Reads the file that says who may call the service. Throws an `AccessError` with the place of the first mistake.

import { isMembers, type Members } from '../json/members.ts';
import { tokenAlgorithms } from '../tokens/verify-token.ts';
import { type AccessOptions, type ApiKey, type Role, roles } from './access.ts';

export class AccessError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AccessError';
  }
}

/** `text`: JSON with `keys`, `tokens` and `certificates`, of which each may be missing. */
export function readAccess(text: string): AccessOptions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AccessError('this is not JSON');
  }
  const given = objectIn(value, '$');
  expectOnly(given, ['keys', 'tokens', 'certificates'], '$');
  const { keys, tokens, certificates } = given;
  if (keys === undefined && tokens === undefined && certificates === undefined) {
    throw new AccessError(
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
    throw new AccessError(`${path}.sha256: expected 64 hexadecimal digits, the SHA-256 of the key`);
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
  const jwks = textIn(given.jwks, `${path}.jwks`);
  if (!URL.canParse(jwks)) throw new AccessError(`${path}.jwks: expected a URL`);
  const algorithms = listIn(
    given.algorithms ?? ['RS256', 'ES256', 'EdDSA'],
    `${path}.algorithms`,
    textIn,
  );
  const refused = algorithms.find((each) => !tokenAlgorithms.includes(each));
  if (refused !== undefined) {
    throw new AccessError(`${path}.algorithms: ${refused} is not one with a public key`);
  }
  return {
    issuer: textIn(given.issuer, `${path}.issuer`),
    audience: textIn(given.audience, `${path}.audience`),
    jwks: new URL(jwks),
    algorithms,
    roles: rolesIn(given.roles, path),
  };
}

function rolesIn(value: unknown, parent: string): readonly Role[] {
  const path = `${parent}.roles`;
  return listIn(value ?? ['evaluate'], path, (each, place) => {
    const role = roles.find((name) => name === each);
    if (role === undefined) throw new AccessError(`${place}: expected one of ${roles.join(', ')}`);
    return role;
  });
}

function listIn<Item>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value)) throw new AccessError(`${path}: expected an array`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

function objectIn(value: unknown, path: string): Members {
  if (isMembers(value)) return value;
  throw new AccessError(`${path}: expected an object`);
}

function textIn(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new AccessError(`${path}: expected a string`);
}

function expectOnly(given: Members, names: readonly string[], path: string): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new AccessError(`${path}.${unknown}: unknown; known are ${names.join(', ')}`);
  }
}
