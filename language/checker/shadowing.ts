// Names that would hide what is already called so: the roots of a request, types, builtins, and
// what the file declares. A reader could not tell which of the two is meant.

import type { NameNode } from '../ast.ts';
import { functions } from '../builtins/index.ts';
import type { Context, DeclarationNode } from './context.ts';
import { scalars } from './types.ts';

const roots: readonly string[] = ['subject', 'action', 'resource', 'context'];
const builtinNames: readonly string[] = [
  ...functions,
  ...['known', 'latest', 'age', 'weekday', 'time_of_day'],
];

const hidden: Partial<Record<DeclarationNode['kind'], string>> = {
  Const: 'a constant',
  Let: 'a `let` of the file',
  Enum: 'an enum',
  Record: 'a record',
  Window: 'a window',
};

/** Reports a local name that hides another. */
export function hiddenBy(context: Context, name: NameNode): void {
  const declared = context.find(name.text, name.span.file);
  const what = builtinMeaning(name.text) ?? (declared && hidden[declared.kind]);
  if (what === undefined) return;
  const related =
    declared === undefined ? [] : [{ span: declared.name.span, message: 'declared here' }];
  context.reporter.report('shadowed-name', name.span, { name: name.text, what }, { related });
}

/** Reports a declaration whose name means something in every file. */
export function checkDeclaredName(context: Context, { kind, name }: DeclarationNode): void {
  const callable = kind === 'Function' && builtinNames.includes(name.text);
  const what = callable ? 'a function of the language' : builtinMeaning(name.text);
  if (what !== undefined)
    context.reporter.report('shadowed-name', name.span, { name: name.text, what });
}

function builtinMeaning(name: string): string | undefined {
  if (roots.includes(name)) return 'part of every request';
  return scalars.includes(name) ? 'a type of the language' : undefined;
}
