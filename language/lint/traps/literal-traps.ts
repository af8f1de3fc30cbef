// Warns of strings that contain notation with a meaning elsewhere: globs, regular expressions and lists in an ordinary
// string, placeholders of other languages, and capital letters that are compared with a string in lower case.

import type { LoadedFile } from '../../checker/load.ts';
import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { type Fix, proposeReplacement } from '../../diagnostics/fix.ts';
import type { Expr, PolicyModel } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import type { Span } from '../../support/source.ts';
import type { AstNode } from '../../syntax/ast.ts';
import { visit } from '../../syntax/visit.ts';
import { isPattern, makePattern, type Pattern } from '../../types/patterns/pattern.ts';
import { isVocabulary } from '../../vocabulary/vocabulary.ts';
import { type ConditionPlace, findShownSpan, listConstantStrings, matchCall } from './places.ts';

export function warnOfLiterals(
  policy: PolicyModel,
  places: readonly ConditionPlace[],
  files: ReadonlyMap<string, LoadedFile>,
  reporter: Reporter,
): void {
  for (const file of files.values()) {
    if (isVocabulary(file.path)) continue;
    visit(file.node, (node) => warnOfNode(node, file, policy, reporter));
  }
  for (const { name, rows, span } of policy.tables) {
    const key = rows.flatMap(({ keys }) => keys).find((value) => value === '*' || isGlob(value));
    if (key !== undefined)
      reporter.report('quoted-glob', span, { text: `${key}`, place: `a key of \`${name}\`` });
  }
  for (const place of places) warnOfPlace(place, files, reporter);
}

/** A name with a star, but not a star alone, which many systems use as a value. */
function isGlob(value: unknown): value is string {
  return typeof value === 'string' && /\*/.test(value) && value !== '*';
}

// --- names and placeholders ------------------------------------------------------------------------

/** Compiles a glob; returns `undefined` for one that is invalid, or stands for all names. */
function compileGlob(text: string): Pattern | undefined {
  if (text === '*') return undefined;
  const source = { language: 'glob', text, separator: '/' } as const;
  const made = makePattern({ ...source, ignoringCase: false, searches: false });
  return isPattern(made) ? made : undefined;
}

const foreign: readonly RegExp[] = [
  /\$\{\s*[a-z_]\w*(?:\.\w+)*\s*\}/,
  /\{\{\s*(?:subject|action|resource|context)\b[^}]*\}\}/,
  /\$(?:subject|action|resource|context)\.\w+/,
  /(?<![%\w])%[sd](?!\w)/,
];

function warnOfNode(
  node: AstNode,
  { text }: LoadedFile,
  { actions, resources }: PolicyModel,
  reporter: Reporter,
): boolean {
  if (node.kind === 'Test' || node.kind === 'Fixture') return false;
  const names =
    node.kind === 'Group'
      ? [...(node.actions ?? []), ...(node.resources ?? [])]
      : node.kind === 'NameSet'
        ? node.entries
        : node.kind === 'EventPattern'
          ? [...(node.actions ?? []), ...(node.resources ?? [])]
          : [];
  for (const name of names) {
    if (name.kind !== 'Name' || !name.quoted || !name.text.includes('*')) continue;
    if (actions.has(name.text) || resources.has(name.text)) continue;
    const isMatched = [...actions.keys(), ...resources.keys()].some((declared) =>
      compileGlob(name.text)?.matches(declared),
    );
    const fix = isMatched ? proposeReplacement(name.span, `glob"${name.text}"`) : undefined;
    reporter.report('quoted-glob', name.span, { text: name.text, place: 'a name' }, { fix });
  }
  const written = text.slice(node.span.start, node.span.end);
  if (node.kind !== 'String' && node.kind !== 'Interpolation') return true;
  for (const pattern of foreign) {
    const match = pattern.exec(written);
    if (match === null) continue;
    const start = node.span.start + match.index;
    const span: Span = { ...node.span, start, end: start + match[0].length };
    const isDollar = match[0].startsWith('${');
    reporter.report(
      'foreign-placeholder',
      span,
      { placeholder: match[0] },
      isDollar ? { fix: proposeReplacement(span, match[0].slice(1)) } : {},
    );
  }
  return true;
}

// --- patterns in strings ---------------------------------------------------------------------------

const notation: readonly RegExp[] = [
  /\w\|\w/,
  /^\^\w/,
  /\w\$$/,
  /\.[*+](?![\w.])|\.[*+][A-Za-z]/,
  /\[[^\]]+\](?:[*+?]|\{\d)/,
  /\\[dws](?![\\\w])/,
];
const list = /^[A-Za-z][\w-]*(?:\s*,\s*[A-Za-z][\w-]*)+$/;

function warnOfPlace(
  place: ConditionPlace,
  files: ReadonlyMap<string, LoadedFile>,
  reporter: Reporter,
): void {
  for (const inner of collectExprs([place.expr])) warnOfCapitals(place, inner, files, reporter);
  for (const { operator, operand } of listLiteralOperands(place.expr)) {
    for (const value of listConstantStrings(operand)) {
      const span = findShownSpan(place, operand);
      if (isGlob(value) && operator !== 'contains') {
        reporter.report('quoted-glob', span, { text: value, place: 'a string' });
      } else if (operator !== 'is' && notation.some((each) => each.test(value))) {
        const fix = operator === 'contains' ? proposeRegexFix(operand, value, files) : undefined;
        reporter.report(
          'pattern-in-string',
          span,
          { text: value, what: 'a regular expression' },
          { fix },
        );
      } else if (operator === 'is' && (list.test(value) || /\w\|\w/.test(value))) {
        reporter.report('pattern-in-string', span, { text: value, what: 'a list' });
      }
    }
  }
}

const searches = ['contains', 'starts_with', 'ends_with', 'under'] as const;

/** The operands of a condition that can be literals; `is` also stands for `in`. */
function listLiteralOperands(
  expr: Expr,
): readonly { readonly operator: string; readonly operand: Expr }[] {
  if (expr.kind === 'Compare')
    return [expr.left, expr.right].map((operand) => ({ operator: 'is', operand }));
  const found = matchCall(expr, [...searches, 'in', 'not in']);
  const [, operand] = found?.args ?? [];
  if (found === undefined || operand === undefined) return [];
  return [{ operator: found.name.endsWith('in') ? 'is' : found.name, operand }];
}

function proposeRegexFix(
  { span }: Expr,
  value: string,
  files: ReadonlyMap<string, LoadedFile>,
): Fix | undefined {
  const written = files.get(span.file)?.text.slice(span.start, span.end);
  if (written !== JSON.stringify(value) || /[\\"]/.test(value)) return undefined;
  const source = { language: 'regex', text: value, separator: '/' } as const;
  const made = makePattern({ ...source, ignoringCase: false, searches: true });
  return isPattern(made) ? proposeReplacement(span, `regex"${value}"`) : undefined;
}

// --- letter case -----------------------------------------------------------------------------------

function warnOfCapitals(
  place: ConditionPlace,
  expr: Expr,
  files: ReadonlyMap<string, LoadedFile>,
  reporter: Reporter,
): void {
  if (expr.kind === 'Lookup') {
    const isLower = expr.keys.some((key) => matchCall(key, ['lower']) !== undefined);
    const key = expr.table.rows.flatMap(({ keys }) => keys).find(hasCapitals);
    if (isLower && key !== undefined)
      reporter.report('capital-letters', findShownSpan(place, expr), { text: `${key}` });
    return;
  }
  const sides =
    expr.kind === 'Compare'
      ? [expr.left, expr.right]
      : (matchCall(expr, ['in', 'not in', 'starts_with', 'ends_with', 'contains', 'under'])?.args ??
        []);
  for (const [one, other] of [sides, [...sides].reverse()]) {
    if (one === undefined || other === undefined || matchCall(one, ['lower']) === undefined)
      continue;
    const text = listConstantStrings(other).find(hasCapitals);
    if (text === undefined) continue;
    const { span } = unwrapBinding(other);
    const written = files.get(span.file)?.text.slice(span.start, span.end);
    const fix =
      written === JSON.stringify(text)
        ? proposeReplacement(span, written.toLowerCase())
        : undefined;
    reporter.report(
      'capital-letters',
      findShownSpan(place, unwrapBinding(other)),
      { text },
      { fix },
    );
  }
}

function hasCapitals(value: unknown): boolean {
  return typeof value === 'string' && /[A-Z]/.test(value);
}
