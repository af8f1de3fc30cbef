// Warns of restrictions that require a whole string where a part was probably meant: `deny … when x
// matches regex"curl|wget"` does not fire on `curl http://x`, and `permit … when x not matches …`
// fires on it.

import type { LoadedFile } from '../../checker/load.ts';
import { type Fix, proposeReplacement } from '../../diagnostics/fix.ts';
import type { EventPattern, Expr, HistoryTerm } from '../../model/model.ts';
import { Notices } from '../../types/patterns/notice.ts';
import type { Pattern } from '../../types/patterns/pattern.ts';
import { parseRegex } from '../../types/patterns/regex/regex.ts';
import { isWordList } from '../../types/patterns/regex/word-list.ts';
import { type LintAnalysis, omitVocabularies } from '../analysis.ts';
import { listSubConditions } from '../reasoning/monotonicity.ts';
import type { RuleInfo } from '../rules.ts';

export function warnOfWordLists(
  { judged: all, reporter }: LintAnalysis,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  const reported = new Set<Expr>();
  const known = new Map<Pattern, boolean>();
  const isList = (pattern: Pattern): boolean => {
    const before = known.get(pattern);
    if (before !== undefined) return before;
    const { text } = pattern.source;
    const isFound = isWordList(parseRegex(text, new Notices(text)));
    known.set(pattern, isFound);
    return isFound;
  };
  for (const judged of all) {
    for (const { expr, pattern } of listLooseningMatches(judged)) {
      if (reported.has(expr) || !isList(pattern)) continue;
      reported.add(expr);
      const { span } = expr;
      const isOutside = span.file !== judged.span.file || span.start < judged.span.start;
      const permits = judged.effect === 'permit';
      reporter.report(
        'whole-string-words',
        span,
        { pattern: pattern.source.text, what: judged.what, does: permits ? 'permits' : 'misses' },
        {
          related: isOutside
            ? omitVocabularies([{ span: judged.span, message: 'the rule that uses it' }])
            : [],
          fix: proposeSearch(expr, pattern, files.get(span.file)?.text ?? ''),
        },
      );
    }
  }
}

interface WholeMatch {
  readonly expr: Expr;
  readonly pattern: Pattern;
}

/** Matches whose failure makes the rule looser. */
function listLooseningMatches({ effect, condition }: RuleInfo): readonly WholeMatch[] {
  return listMatches(condition, effect !== 'permit');
}

/** `wanted`: whether a match helps the condition to be true. */
function listMatches(condition: Expr, wanted: boolean): readonly WholeMatch[] {
  return listSubConditions(condition).flatMap(({ expr, rises }): readonly WholeMatch[] => {
    if (expr.kind === 'History') {
      return listCountedPatterns(expr.term).flatMap(({ pattern, more }) =>
        pattern.condition === undefined
          ? []
          : listMatches(pattern.condition, wanted === (rises === more)),
      );
    }
    if (expr.kind !== 'Apply' || rises !== wanted) return [];
    const { pattern } = expr.builtin;
    const isWhole = pattern?.source.language === 'regex' && !pattern.source.searches;
    return pattern !== undefined && isWhole ? [{ expr, pattern }] : [];
  });
}

/** Patterns of events, and whether more events help the term to be true. */
function listCountedPatterns(
  term: HistoryTerm,
): readonly { readonly pattern: EventPattern; readonly more: boolean }[] {
  const { pattern } = term;
  switch (term.form) {
    case 'once':
    case 'since':
      return [{ pattern, more: true }];
    case 'count':
    case 'sum':
      if (term.operator.startsWith('>')) return [{ pattern, more: true }];
      return term.operator.startsWith('<') ? [{ pattern, more: false }] : [];
    case 'last':
      return [];
  }
}

/** Returns a fix, or `undefined` if the literal contains escapes or is not next to its operator. */
function proposeSearch({ span }: Expr, { source }: Pattern, text: string): Fix | undefined {
  const written = text.slice(span.start, span.end);
  const literal = `regex"${source.text}"`;
  if (!written.endsWith(literal)) return undefined;
  const match = /\bmatches\s*$/.exec(written.slice(0, -literal.length));
  if (match === null) return undefined;
  const start = span.start + match.index;
  return proposeReplacement({ file: span.file, start, end: start + 'matches'.length }, 'contains');
}
