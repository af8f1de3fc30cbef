// Lowers tables: rows of constants, or the columns of an external table.

import type { Table } from '@nhipol/language/model';
import { int64Range, isCollection, type Type } from '@nhipol/language/types';
import { lowerScalar, lowerValue } from '../ir/cells.ts';
import type { IrColumn, IrTable } from '../ir/tables.ts';

export function lowerTable({ name, keys, value, rows, external, transitive }: Table): IrTable {
  return {
    name,
    rows: rows.map((row) => ({
      keys: row.keys.map((key, index) => lowerScalar(keys[index] as Type, key)),
      value: lowerValue(value, row.value),
    })),
    external: external
      ? {
          keys: keys.map(lowerColumn),
          value: lowerColumn(value.kind === 'Set' ? value.element : value),
          form: transitive ? 'closed sets' : value.kind === 'Set' ? 'sets' : 'scalars',
        }
      : undefined,
  };
}

function lowerColumn(type: Type): IrColumn {
  if (type.kind === 'Enum') return { kind: 'Enum', members: type.members, ...int64Range };
  if (type.kind === 'Record' || isCollection(type))
    throw new Error('broken invariant: a column of a type that is not scalar');
  const kind = type.kind === 'Timestamp' && type.inSeconds ? 'Seconds' : type.kind;
  return { kind, members: [], ...(type.range ?? int64Range) };
}
