// The types whose values are strings of a specific form. Reading returns the canonical spelling, or
// `undefined` if the string is malformed.

import { readCidr, readIp } from './addresses.ts';
import { isSpiffeId } from './builtins/spiffe.ts';
import type { Type } from './types.ts';

export interface TextForm {
  /** The name with its article, for messages. */
  readonly name: string;
  readonly read: (text: string) => string | undefined;
}

const forms: Readonly<Partial<Record<Type['kind'], TextForm>>> = {
  SpiffeId: { name: 'a SPIFFE ID', read: (text) => (isSpiffeId(text) ? text : undefined) },
  Ip: { name: 'an IP address', read: readIp },
  Cidr: { name: 'a network such as `10.0.0.0/8`', read: readCidr },
};

export function getTextForm(type: Type): TextForm | undefined {
  return forms[type.kind];
}
