// Describes the JSON that a type expects, for error messages.

import { jsonTypes } from '@nhipol/runtime/abi';
import { spellName } from '../syntax/print/spelling.ts';
import { type ScalarType, showRange, type Type } from '../types/types.ts';

export function describeExpectation(type: Type): string {
  switch (type.kind) {
    case 'Bool':
      return jsonTypes.boolean;
    case 'Int':
      return `an integer${describeBounds(type)} (Int)`;
    case 'Decimal':
      return `${jsonTypes.number}${describeBounds(type)} (Decimal)`;
    case 'String':
      return jsonTypes.string;
    case 'Timestamp':
      return type.inSeconds ? 'a number of seconds (Timestamp)' : 'an RFC 3339 string (Timestamp)';
    case 'Duration':
      return 'a number of seconds (Duration)';
    case 'SpiffeId':
    case 'Ip':
    case 'Cidr':
      return `${jsonTypes.string} (${type.kind})`;
    case 'Enum':
      return `one of the strings ${type.members.map(spellName).join(', ')} (${type.name})`;
    case 'Record':
    case 'Map':
      return jsonTypes.object;
    case 'Set':
    case 'List':
      return jsonTypes.array;
  }
}

function describeBounds(type: ScalarType): string {
  return type.range === undefined ? '' : ` in ${showRange(type, type.range)}`;
}
