// Signature help: the parameters of predicates, functions and builtins, the members of an obligation, and the constraints
// that a narrow can set.

import type { DeclarationNode } from '@nhipol/language';
import { builtins, isFunction } from '@nhipol/language/types';
import type { ParameterInformation, SignatureHelp } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import { findUnclosedList, type UnclosedList } from '../index/open-lists.ts';
import { findComment } from './hover.ts';

export function findSignature(
  analysis: PolicyAnalysis,
  file: string,
  offset: number,
): SignatureHelp | undefined {
  const list = findUnclosedList((analysis.sources.get(file) ?? '').slice(0, offset));
  if (list === undefined) return undefined;
  const names = analysis.namesIn(file);
  const declared = names.get(list.name);
  if (list.kind === 'arguments') {
    if (declared?.kind === 'Function') return helpFunction(analysis, declared, list);
    return isFunction(list.name) ? helpBuiltin(list) : undefined;
  }
  if (declared?.kind === 'Obligation') {
    const members = declared.members.members.map(({ span }) => formatExcerpt(analysis, span));
    return helpSettings(`${list.name} { `, members, list, findDoc(analysis, declared));
  }
  if (list.name !== 'to') return undefined;
  const constraints = [...names.values()].flatMap((name) =>
    name.kind === 'Constraint'
      ? [`${name.name.text}: ${formatExcerpt(analysis, name.type.span)}`]
      : [],
  );
  return constraints.length === 0 ? undefined : helpSettings('to { ', constraints, list, undefined);
}

function helpFunction(
  analysis: PolicyAnalysis,
  declared: Extract<DeclarationNode, { readonly kind: 'Function' }>,
  { index, name }: UnclosedList,
): SignatureHelp {
  const parameters = declared.parameters.map(({ span }) => formatExcerpt(analysis, span));
  const { result } = declared;
  const end = result === undefined ? ')' : `): ${formatExcerpt(analysis, result.span)}`;
  return createHelp(`${name}(`, parameters, end, index, findDoc(analysis, declared));
}

function helpBuiltin({ name, index }: UnclosedList): SignatureHelp | undefined {
  const builtin = builtins.get(name);
  if (builtin === undefined) return undefined;
  const names = ['value', 'other'].slice(0, builtin.operands);
  return createHelp(`${name}(`, names, ')', index, `${builtin.doc} It takes ${builtin.takes}.`);
}

/** The active setting is the one with the name that is written, not the one at its position. */
function helpSettings(
  begin: string,
  settings: readonly string[],
  { index, setting }: UnclosedList,
  doc: string | undefined,
): SignatureHelp {
  const named = settings.findIndex((each) => /^\w+/.exec(each)?.[0] === setting);
  return createHelp(begin, settings, ' }', named < 0 ? index : named, doc);
}

function createHelp(
  begin: string,
  parameters: readonly string[],
  end: string,
  active: number,
  doc: string | undefined,
): SignatureHelp {
  let at = begin.length;
  const places = parameters.map((text): ParameterInformation => {
    const label: [number, number] = [at, at + text.length];
    at += text.length + 2;
    return { label };
  });
  const label = `${begin}${parameters.join(', ')}${end}`;
  return {
    signatures: [
      { label, parameters: places, ...(doc === undefined ? {} : { documentation: doc }) },
    ],
    activeSignature: 0,
    activeParameter: active,
  };
}

function findDoc(
  { files }: PolicyAnalysis,
  { span }: Pick<DeclarationNode, 'span'>,
): string | undefined {
  return findComment(files.get(span.file)?.text ?? '', span.start);
}

/** On one line. */
function formatExcerpt(
  { files }: PolicyAnalysis,
  { file, start, end }: DeclarationNode['span'],
): string {
  return (files.get(file)?.text ?? '').slice(start, end).replace(/\s+/g, ' ');
}
