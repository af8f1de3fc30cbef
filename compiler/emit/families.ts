// A family's functions: its condition for a row, a loop over rows that fire, and what explains a
// reason that fired. `families` names the loops for the assembly library's rule-index.ts.

import type { IrModule } from '../ir.ts';
import { type Family, type Plan, reasonOf } from '../plan/plan.ts';
import { type EmitOptions, ExpressionEmitter } from './expressions.ts';
import type { MemoryLayout } from './layout.ts';
import { fillLines, whyLines } from './reasons.ts';
import { holesAt } from './row-data.ts';
import type { StaticData } from './static-data.ts';

export function emitFamilies(
  ir: IrModule,
  { families }: Plan,
  layout: MemoryLayout,
  data: StaticData,
): readonly string[] {
  if (families.length === 0) return [];
  const names = families.map((_, index) => `askFamily${index}`);
  return [
    ...families.flatMap((family, index) => emitFamily(family, index, ir, layout, data)),
    `const families: StaticArray<(from: usize, to: usize) => void> = [${names.join(', ')}];`,
  ];
}

function emitFamily(
  { template, holes }: Family,
  index: number,
  ir: IrModule,
  { facts }: MemoryLayout,
  data: StaticData,
): readonly string[] {
  const places = new Map(holes.map((hole, at) => [hole, holesAt + at * 8]));
  const emitter = (bits?: ReadonlyMap<string, number>) => {
    const options: EmitOptions = { facts, data, bits, holes: places, atoms: undefined };
    return new ExpressionEmitter(options);
  };
  const condition = emitter();
  const local = condition.emit(template.condition);
  const edge = template.condition.timeful ? (local.edge ?? 'NEVER') : 'NEVER';
  const reason = reasonOf(ir, template);
  const [first, firstProperty] = [reason.placeholders[0]?.index, reason.properties[0]?.index];
  const cell = (kind: 'placeholders' | 'properties', at: number) =>
    kind === 'placeholders'
      ? `load<u32>(row, 4) + ${(at - (first ?? 0)) * 16}`
      : `load<u32>(row, 8) + ${(at - (firstProperty ?? 0)) * 16}`;
  return [
    `// ${template.effect} at ${template.span.file}:${template.span.start}, and others like it`,
    `function askFamily${index}(from: usize, to: usize): void {`,
    '  for (; from < to; from += 4) {',
    '    const row: usize = load<u32>(from);',
    ...condition.lines.map((line) => `  ${line}`),
    `    const v = ${local.value};`,
    ...firing(template, edge).map((line) => `    ${line}`),
    '  }',
    '}',
    `function familyWhy${index}(row: usize, falls: bool): u64 {`,
    ...whyLines(reason, emitter),
    '}',
    `function familyFill${index}(row: usize): void {`,
    ...fillLines(emitter(), reason, cell),
    '}',
  ];
}

/** What a row's value `v` and its edge mean for the answer. */
function firing({ effect, skipUnknown }: Family['template'], edge: string): readonly string[] {
  const reason = 'load<i32>(row)';
  const bound = (name: string) => (edge === 'NEVER' ? [] : [`${name}(${edge});`]);
  switch (effect) {
    case 'permit':
      return [
        ...bound('boundPermits'),
        `if (v == 2) { fire(0, ${reason}, 0, 0); permitLasts(${edge}); }`,
      ];
    case 'revoke':
      return [
        ...bound('boundRevoke'),
        `if (v == 2) fire(4, ${reason}, 0, 0);`,
        ...(skipUnknown ? [] : [`else if (v == 1) fire(3, ${reason}, 1, 0);`]),
      ];
    default: {
      const possible = skipUnknown ? 'v == 2' : 'v != 0';
      const level = effect === 'deny' ? 3 : 2;
      return [
        ...bound(effect === 'deny' ? 'boundDeny' : 'boundChallenge'),
        `if (${possible}) fire(${level}, ${reason}, i32(v == 1), 0);`,
      ];
    }
  }
}
