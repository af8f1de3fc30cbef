// Suppresses warnings and advice by comments: `// allow fails-open: the gateway always sends a level`
// suppresses one warning at one position, with a reason. The comment is directly above a
// declaration, a group, a rule, a `given`, a score, one of its conditions or a test, or at the end
// of its first line. Errors are never suppressed.

import type { LoadedFile } from '../checker/load.ts';
import type { Diagnostic, Reporter } from '../diagnostics/diagnostics.ts';
import type { Entry } from '../diagnostics/messages/entry.ts';
import { messages } from '../diagnostics/messages/index.ts';
import type { Span } from '../support/source.ts';
import { suggest } from '../support/suggest.ts';
import type { AstNode, FileNode } from '../syntax/ast.ts';
import { listComments } from '../syntax/tokens.ts';
import { visit } from '../syntax/visit.ts';
import { isVocabulary } from '../vocabulary/vocabulary.ts';

interface Allowance {
  readonly code: string;
  readonly reason: string | undefined;
  /** The position of the code. */
  readonly span: Span;
  /** The item that the comment applies to. */
  readonly item: Span | undefined;
}

/** Returns `found` without the suppressed warnings, and reports what is wrong with the comments. */
export function silence(
  diagnostics: readonly Diagnostic[],
  files: Iterable<LoadedFile>,
  reporter: Reporter,
): readonly Diagnostic[] {
  const allowances = [...files]
    .filter(({ path }) => !isVocabulary(path))
    .flatMap((file) => readAllowances(file));
  const suppressed = new Set<Diagnostic>();
  for (const allowance of allowances) {
    const { code, reason, span } = allowance;
    if (!isSuppressible(code)) {
      reportUnknown(code, span, reporter);
      continue;
    }
    const matching = diagnostics.filter((diagnostic) => isAllowed(allowance, diagnostic));
    for (const diagnostic of matching) suppressed.add(diagnostic);
    if (matching.length === 0) reporter.report('unused-allow', span, { code });
    else if (reason === undefined) reporter.report('allow-without-reason', span, { code });
  }
  return diagnostics.filter((diagnostic) => !suppressed.has(diagnostic));
}

const table: Readonly<Record<string, Entry>> = messages;
const codes = Object.keys(table).filter((code) => table[code]?.severity !== 'error');

function isSuppressible(code: string): boolean {
  return codes.includes(code);
}

function reportUnknown(code: string, span: Span, reporter: Reporter): void {
  const near = suggest(code, codes).map((candidate) => `\`${candidate}\``);
  const label = near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`;
  const isError = Object.hasOwn(table, code);
  const why = isError
    ? 'is an error, and errors cannot be suppressed'
    : 'is not the code of a warning';
  reporter.report('unknown-allow', span, { code, why }, { label });
}

function isAllowed(
  { code, item }: Allowance,
  { code: other, span, severity }: Diagnostic,
): boolean {
  return (
    severity !== 'error' &&
    other === code &&
    item?.file === span.file &&
    item.start <= span.start &&
    span.start < item.end
  );
}

// --- comments --------------------------------------------------------------------------------------

/**
 * Without a colon after it, only a word that looks like a code counts: prose may begin with
 * `allow`.
 */
const allow = /^\/\/[ \t]*allow[ \t]+([a-z][a-z-]*[a-z])[ \t]*(?:$|:[ \t]*(.*))/;

function readAllowances({ path, text, node }: LoadedFile): readonly Allowance[] {
  if (!/\/\/[ \t]*allow[ \t]/.test(text)) return [];
  const items = listItems(node);
  return listComments(text).flatMap(({ image, startOffset }): readonly Allowance[] => {
    const [, code, reasonText] = allow.exec(image.trimEnd()) ?? [];
    if (code === undefined) return [];
    if (reasonText === undefined && !isSuppressible(code) && suggest(code, codes).length === 0)
      return [];
    const start = startOffset + image.indexOf(code, image.indexOf('allow') + 'allow'.length);
    return [
      {
        code,
        reason: reasonText === undefined || reasonText.trim() === '' ? undefined : reasonText,
        span: { file: path, start, end: start + code.length },
        item: findItem(text, startOffset, items),
      },
    ];
  });
}

/** The items that a comment can apply to, outer ones first. */
function listItems(file: FileNode): readonly Span[] {
  const kinds: readonly AstNode['kind'][] = ['Let', 'Rule', 'Given', 'Score', 'ScoreCondition'];
  const spans: Span[] = file.items.map(({ span }) => span);
  for (const item of file.items) {
    if (item.kind !== 'Group') continue;
    visit(item, (node) => {
      if (kinds.includes(node.kind)) spans.push(node.span);
      return undefined;
    });
  }
  return spans.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The item that begins on the comment's own line, or on the next line that is not a comment. */
function findItem(text: string, offset: number, items: readonly Span[]): Span | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const matchingItem = items.find(({ start }) => start >= lineStart && start < offset);
  if (text.slice(lineStart, offset).trim() !== '') return matchingItem;
  const next = items.find(({ start }) => start > offset);
  const between = text.slice(offset, next?.start);
  return /^(?:[ \t]*\/\/[^\n]*\n)+[ \t]*$/.test(between) ? next : undefined;
}
