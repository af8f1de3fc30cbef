// Emits the functions of a family: its condition for a row, a loop over rows that fire, and the
// explanation of a reason that fired.

import type { IrModule } from '../../ir/ir.ts';
import type { MemoryLayout } from '../../layout/layout.ts';
import { type Family, findReason, type Plan } from '../../plan/plan.ts';
import { cellBytes } from '../data/cell-code.ts';
import type { StaticData } from '../data/static-data.ts';
import { type EmitOptions, ExpressionEmitter, type Masks } from '../expressions/expressions.ts';
import { parameterBytes } from '../expressions/parameters.ts';
import { emitFiring } from './firing.ts';
import { describeOrigin } from './origin.ts';
import { emitWhyLines, fillLines } from './reasons.ts';
import { rowLayout } from './row-data.ts';

export function emitFamilies(
  ir: IrModule,
  { families }: Plan,
  layout: MemoryLayout,
  data: StaticData,
): readonly string[] {
  return families.flatMap((family, index) => emitFamily(family, index, ir, layout, data));
}

function emitFamily(
  { template, parameters }: Family,
  index: number,
  ir: IrModule,
  { facts }: MemoryLayout,
  data: StaticData,
): readonly string[] {
  const places = new Map(
    parameters.map((parameter, at) => [parameter, rowLayout.parameters + at * parameterBytes]),
  );
  const emitter = (bits?: Masks) => {
    const options: EmitOptions = { facts, data, bits, parameters: places, atoms: undefined };
    return new ExpressionEmitter(options);
  };
  const condition = emitter();
  const local = condition.emit(template.condition);
  const edge = template.condition.timeful ? (local.edge ?? 'NEVER') : 'NEVER';
  const reason = findReason(ir, template);
  const [first, firstProperty] = [reason.placeholders[0]?.index, reason.properties[0]?.index];
  const cell = (kind: 'placeholders' | 'properties', at: number) =>
    kind === 'placeholders'
      ? `load<u32>(row, ${rowLayout.placeholders}) + ${(at - (first ?? 0)) * cellBytes}`
      : `load<u32>(row, ${rowLayout.properties}) + ${(at - (firstProperty ?? 0)) * cellBytes}`;
  return [
    `// ${describeOrigin(template.effect, template.span)}, and others like it`,
    `function askFamily${index}(from: usize, to: usize): void {`,
    '  for (; from < to; from += 4) {',
    '    const row: usize = load<u32>(from);',
    ...condition.lines.map((line) => `  ${line}`),
    `    const v = ${local.value};`,
    ...emitFiring(template, edge).map((line) => `    ${line}`),
    '  }',
    '}',
    `function familyWhy${index}(row: usize, falls: bool): u64 {`,
    ...emitWhyLines(reason, emitter),
    '}',
    `function familyFill${index}(row: usize): void {`,
    ...fillLines(emitter(), reason, cell),
    '}',
  ];
}
