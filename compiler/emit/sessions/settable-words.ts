// Finds the numbers that a host can change in a session without JSON.

import { isOwnName } from '@nhipol/language/model';
import type { Encoding } from '@nhipol/runtime/abi';
import { principalMember } from '@nhipol/runtime/call-digest';
import { listFactShapes } from '../../ir/cell-readers.ts';
import type { IrModule } from '../../ir/ir.ts';
import type { IrMember } from '../../ir/records.ts';
import { listSessionWords } from './slots.ts';

/** The factor between the number and its stored value, by its reader; 0: a boolean, stored as 1 or 0. */
const scales: Readonly<Record<string, number>> = {
  readBool: 0,
  readInt: 1,
  readDuration: 1_000,
  readDecimal: 1_000_000,
};

export function collectSettableWords(ir: IrModule): NonNullable<Encoding['words']> {
  const places = new Map(listSessionWords(ir.facts).map((offset, index) => [offset, index]));
  const found: [path: string, word: readonly [number, number]][] = [];
  const take = (members: readonly IrMember[], base: number): void => {
    for (const { reader, offset, path } of members) {
      if (reader.kind === 'record') take(reader.record.members, base + offset);
      const place = places.get(base + offset);
      const scale = reader.kind === 'scalar' ? scales[reader.function] : undefined;
      if (place !== undefined && scale !== undefined) {
        found.push([toPolicyPath(ir.paths[path]?.path ?? ''), [place, scale]]);
      }
    }
  };
  for (const { record } of listFactShapes(ir.facts)) take(record.members, 0);
  // A member that types declare differently has several addresses, and requires a patch.
  const isOne = ([path, [place]]: (typeof found)[number]) =>
    found.every(([other, [otherPlace]]) => other !== path || otherPlace === place);
  // A member that the call digest covers is changed together with the digest, by a patch.
  const isSet = ([path]: (typeof found)[number]) =>
    ir.facts.digest === undefined || !isOfCall(path);
  return Object.fromEntries(found.filter(isOne).filter(isSet));
}

/** Whether the call digest covers the member; of a subject it covers what identifies the caller. */
function isOfCall(path: string): boolean {
  const [root, ...names] = path.split('.');
  return root === 'subject' ? names[0] === principalMember : root !== 'context';
}

/** The path as policies write it. */
function toPolicyPath(path: string): string {
  const [, root = '', name = ''] = /^\$\.(\w+)\.properties\.(\w+)$/.exec(path) ?? [];
  return isOwnName(root, name)
    ? path.replace('$.', '')
    : path.replace('$.', '').replace('.properties', '');
}
