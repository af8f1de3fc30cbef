// Describes the JSON that a type expects, for error messages.

import { type Type, typeName } from '../types/types.ts';

export function expectation(type: Type): string {
  switch (type.kind) {
    case 'Bool':
      return 'true or false';
    case 'Int':
      return `an ${typeName(type)}, a number without a fraction`;
    case 'Decimal':
      return `a ${typeName(type)}, a number`;
    case 'String':
      return 'a String';
    case 'Timestamp':
      return type.inSeconds ? 'a Timestamp in seconds, a number' : 'a Timestamp, RFC 3339 text';
    case 'Duration':
      return 'a Duration, a number of seconds';
    case 'SpiffeId':
      return 'a SpiffeId, a string';
    case 'Ip':
      return 'an Ip, a string';
    case 'Cidr':
      return 'a Cidr, a string';
    case 'Enum':
      return `a ${type.name}, one of the strings ${type.members.join(', ')}`;
    case 'Record':
      return 'an object';
    case 'Set':
    case 'List':
      return 'an array';
  }
}
