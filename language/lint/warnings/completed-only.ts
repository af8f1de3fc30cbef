// Warns of restrictions that depend on whether a call was completed: a tool that fails returns the text of its error, which
// an agent reads as it reads a result. `deny … when once(outcome "completed" doing "fetch")` misses a page that answers with
// an error.

import type { LoadedFile } from '../../checker/load.ts';
import { type Fix, proposeReplacement } from '../../diagnostics/fix.ts';
import type { Expr, HistoryTerm, PolicyModel } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import { type LintAnalysis, omitVocabularies } from '../analysis.ts';
import { listSubConditions } from '../reasoning/monotonicity.ts';
import type { RuleInfo } from '../rules.ts';

const completed = 'completed';
/** The outcomes that include errors. */
const others: ReadonlySet<string> = new Set(['failed', 'delivered']);

export function warnCompletedOnly(
  { outcomes }: PolicyModel,
  { judged: all, reporter }: LintAnalysis,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  if (!outcomes.has(completed)) return;
  const reported = new Set<Expr>();
  for (const judged of all) {
    for (const expr of listCompletedOnly(judged)) {
      if (reported.has(expr)) continue;
      reported.add(expr);
      const { span } = expr;
      const isOutside = span.file !== judged.span.file || span.start < judged.span.start;
      const fix = outcomes.has('delivered')
        ? useDelivered(span, files.get(span.file)?.text ?? '')
        : undefined;
      reporter.report(
        'completed-only',
        span,
        { what: judged.what },
        {
          related: isOutside
            ? omitVocabularies([{ span: judged.span, message: 'the rule that uses it' }])
            : [],
          fix,
        },
      );
    }
  }
}

/** The terms that restrict once a call was completed, unless the rule also restricts after calls that failed. */
function listCompletedOnly({ effect, condition }: RuleInfo): readonly Expr[] {
  const restricting = listSubConditions(condition).flatMap(({ expr, rises }) => {
    const name = expr.kind === 'History' ? findOccurrence(expr.term) : undefined;
    return name !== undefined && rises === (effect !== 'permit') ? [{ expr, name }] : [];
  });
  if (restricting.some(({ name }) => others.has(name))) return [];
  return restricting.filter(({ name }) => name === completed).map(({ expr }) => expr);
}

/** The name of the outcome, if the term is true as soon as it occurred once. */
function findOccurrence(term: HistoryTerm): string | undefined {
  const { of } = term.pattern;
  if (of.kind !== 'outcome') return undefined;
  if (term.form === 'once' || term.form === 'since') return of.name;
  if (term.form !== 'count') return undefined;
  const { operator, threshold } = term;
  const isOccurrence =
    (operator === '>' && threshold === 0n) || (operator === '>=' && threshold === 1n);
  return isOccurrence ? of.name : undefined;
}

/** Returns a fix, or `undefined` if the term reads a result, of which `delivered` may declare other members. */
function useDelivered({ file, start, end }: Span, text: string): Fix | undefined {
  const written = text.slice(start, end);
  const [found, ...more] = [...written.matchAll(/\boutcome\s+"completed"/g)];
  if (found === undefined || more.length > 0 || written.includes('event.result')) return undefined;
  const from = start + found.index;
  return proposeReplacement(
    { file, start: from, end: from + found[0].length },
    'outcome "delivered"',
  );
}
