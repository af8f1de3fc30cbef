// States the bounds of the history across sessions, for `nhipol check`: up to which numbers of keys and events each term is exact. Beyond
// them, it is unknown where that matters. In: a policy. Out: a line for each term, in the order of the policy. A term that occurs again is stated once.

import { boundTerm, type HistoryBound, windowText } from '@nhipol/language';
import {
  collectPolicyHistory,
  findSourcePlace,
  type HistoryExpr,
  listKeyReads,
  type PolicyModel,
  spellPath,
} from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';

export function listBounds(policy: PolicyModel): readonly string[] {
  const sites = collectPolicyHistory(policy).toSorted((a, b) => compareSpans(b, a));
  // A later entry of a map replaces an earlier one, so that the first site of a term remains.
  const terms = new Map(sites.map((expr) => [expr.term.text, expr]));
  return [...terms.values()].toSorted(compareSpans).flatMap((expr) => {
    const bound = boundTerm(expr.term);
    return bound === undefined ? [] : [writeBound(policy, expr, bound)];
  });
}

function compareSpans({ span: a }: HistoryExpr, { span: b }: HistoryExpr): number {
  return a.file.localeCompare(b.file) || a.start - b.start;
}

function writeBound(policy: PolicyModel, { term, span }: HistoryExpr, bound: HistoryBound): string {
  const { file, line, column } = findSourcePlace(policy, span);
  const paths = listKeyReads(term.pattern.key).map((read) =>
    read.kind === 'Selector' ? read.which : spellPath(read),
  );
  const key = paths.length === 1 ? paths.join() : `(${paths.join(', ')})`;
  const keys = `up to ${bound.keys.toLocaleString('en')} values of ${key}`;
  const window = 'window' in term ? windowText(term.window).replace(', ', '') : '';
  const events =
    bound.events === undefined ? '' : `, each with at most ${bound.events} events ${window}`;
  return displayText(`${file}:${line}:${column}: \`${term.form}\` is exact for ${keys}${events}`);
}
