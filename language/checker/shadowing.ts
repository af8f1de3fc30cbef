// Reports names that would hide the roots of a request, types, builtins or declarations of the
// file: a reader could not tell which one is meant.

import type { NameNode } from '../syntax/ast.ts';
import { historyFormNames } from '../syntax/history-forms.ts';
import { reservedWords } from '../syntax/tokens.ts';
import { functionNames } from '../types/builtins/index.ts';
import { isScalarName } from '../types/scalars.ts';
import type { Context, DeclarationNode } from './context.ts';

const roots: readonly string[] = ['subject', 'action', 'resource', 'context'];
const builtinNames: readonly string[] = [
  ...functionNames,
  'known',
  'latest',
  'age',
  'weekday',
  'time_of_day',
  ...historyFormNames,
];

const hidden: Partial<Record<DeclarationNode['kind'], string>> = {
  Const: 'a constant',
  Let: 'a `let` of the file',
  Enum: 'an enum',
  Record: 'a record',
  Window: 'a window',
};

/** Reports a local name that hides another. */
export function checkLocalName(context: Context, name: NameNode): void {
  if (isReserved(context, name)) return;
  const declared = context.find(name.text, name.span.file);
  const what = describeBuiltinMeaning(name.text) ?? (declared && hidden[declared.kind]);
  if (what === undefined) return;
  const related =
    declared === undefined ? [] : [{ span: declared.name.span, message: 'declared here' }];
  context.reporter.report('shadowed-name', name.span, { name: name.text, what }, { related });
}

/**
 * Reports a declaration whose name has a meaning in every file, or cannot be written where it is
 * used.
 */
export function checkDeclaredName(context: Context, { kind, name }: DeclarationNode): void {
  if (readInExpressions.includes(kind) && isReserved(context, name)) return;
  const callable = kind === 'Function' && builtinNames.includes(name.text);
  const what = callable ? 'a function of the language' : describeBuiltinMeaning(name.text);
  if (what !== undefined)
    context.reporter.report('shadowed-name', name.span, { name: name.text, what });
}

/** The kinds of declarations that expressions refer to by name. */
const readInExpressions: readonly DeclarationNode['kind'][] = [
  'Const',
  'Let',
  'Function',
  'Table',
  'Window',
];

/** Reported at the declaration, because a use of the name would be parsed as something else. */
function isReserved(context: Context, name: NameNode): boolean {
  const reserved = reservedWords.has(name.text);
  if (reserved) {
    const use = 'it is a word of the language in expressions';
    context.reporter.report('reserved-name', name.span, { name: name.text, use });
  }
  return reserved;
}

function describeBuiltinMeaning(name: string): string | undefined {
  if (roots.includes(name)) return 'part of every request';
  return isScalarName(name) ? 'a type of the language' : undefined;
}
