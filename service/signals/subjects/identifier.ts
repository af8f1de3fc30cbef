// Subject identifiers (RFC 9493, SSF 1.0 section 3): reads one, and returns canonical keys, with which identical
// ones are found. Two identifiers are identical if they have a key in common.

import { isMembers, type Members } from '../../json/members.ts';

/** The subject is not one that can be processed. */
export class SubjectError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SubjectError';
  }
}

/** The members that identify, by format. */
const formats: Readonly<Record<string, readonly string[]>> = {
  account: ['uri'],
  did: ['url'],
  email: ['email'],
  iss_sub: ['iss', 'sub'],
  jwt_id: ['iss', 'jti'],
  opaque: ['id'],
  phone_number: ['phone_number'],
  saml_assertion_id: ['issuer', 'assertion_id'],
  uri: ['uri'],
};

/** The formats that are supported, for the messages about others. */
const knownFormats: readonly string[] = [
  ...Object.keys(formats),
  'aliases',
  'complex',
  'ip-addresses',
];

/** The longest value of a member, and the most identifiers in a subject. */
const maxLength = 4_096;
const maxIdentifiers = 100;

/** The keys of an identifier that is not complex. Throws a `SubjectError`. */
export function listIdentifierKeys(identifier: Members, path = 'sub_id'): readonly string[] {
  const { format } = identifier;
  if (format === 'aliases') return aliasKeys(identifier.identifiers, path);
  if (format === 'ip-addresses') {
    const addresses = readList(identifier['ip-addresses'], `${path}.ip-addresses`);
    return addresses.map((address, index) =>
      toKey('ip', [readText(address, `${path}.ip-addresses[${index}]`).toLowerCase()]),
    );
  }
  const names = typeof format === 'string' && Object.hasOwn(formats, format) && formats[format];
  if (names === undefined || names === false) {
    throw new SubjectError(
      `${path}: the format ${JSON.stringify(format)} is not one of ${knownFormats.join(', ')}`,
    );
  }
  const values = names.map((name) => readText(identifier[name], `${path}.${name}`));
  return [toKey(String(format), values)];
}

/** Each alias identifies the same subject, and none of them has aliases of its own (RFC 9493, section 3.2.8). */
function aliasKeys(identifiers: unknown, path: string): readonly string[] {
  return readList(identifiers, `${path}.identifiers`).flatMap((each, index) => {
    const place = `${path}.identifiers[${index}]`;
    if (!isMembers(each)) throw new SubjectError(`${place}: expected an object`);
    if (each.format === 'aliases' || each.format === 'complex') {
      throw new SubjectError(`${place}: an alias cannot be ${each.format}`);
    }
    return listIdentifierKeys(each, place);
  });
}

/** Addresses of mail are compared without case, which can only find more. */
function toKey(format: string, values: readonly string[]): string {
  const canonical = format === 'email' ? values.map((value) => value.toLowerCase()) : values;
  return `${format} ${canonical.length === 1 ? canonical[0] : JSON.stringify(canonical)}`;
}

function readList(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new SubjectError(`${path}: expected an array with elements`);
  }
  if (value.length > maxIdentifiers) {
    throw new SubjectError(`${path}: has more than ${maxIdentifiers} elements`);
  }
  return value;
}

function readText(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new SubjectError(`${path}: expected a string with characters`);
  }
  if (value.length > maxLength) {
    throw new SubjectError(`${path}: is longer than ${maxLength} characters`);
  }
  return value;
}
