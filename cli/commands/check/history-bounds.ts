// States the bounds of the history across sessions, for `nhipol check`: up to which numbers of keys and events each term
// is exact. Beyond them, it is unknown where that matters. In: policies. Out: a line for each term, in the order of the
// policies. A term that occurs again in a policy is stated once, and so is a term of definitions that several policies use.

import { boundTerm, formatHistoryWindow, type HistoryBound } from '@nhipol/language';
import {
  collectPolicyHistory,
  findSourcePlace,
  type HistoryExpr,
  listKeyReads,
  type PolicyModel,
  spellKeyRead,
} from '@nhipol/language/model';
import { displayText } from '@nhipol/language/support';

export function listBounds(policies: readonly PolicyModel[]): readonly string[] {
  return [...new Set(policies.flatMap(listPolicyBounds))];
}

function listPolicyBounds(policy: PolicyModel): readonly string[] {
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
  const paths = listKeyReads(term.pattern.key).map(spellKeyRead);
  const key = paths.length === 1 ? paths.join() : `(${paths.join(', ')})`;
  const keys = `up to ${bound.keys.toLocaleString('en')} values of ${key}`;
  const window = 'window' in term ? term.window : undefined;
  const events =
    bound.events === undefined
      ? ''
      : `, each with at most ${bound.events} events ${formatHistoryWindow(window).replace(', ', '')}`;
  return displayText(`${file}:${line}:${column}: \`${term.form}\` is exact for ${keys}${events}`);
}
