// Whether two checked policies give the same answers in every session, where history is known: rules may differ in
// how they treat unknown, as long as their conditions are never unknown there.

import { onlyUnknown } from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel, type Rule } from '@nhipol/language/model';
import { OutcomeReasoning } from '../coverage/possible.ts';
import { hasSameMeaning } from './same-meaning.ts';

/** False for policies without history terms: they are evaluated without sessions. */
export function isSameInSessions(a: PolicyModel, b: PolicyModel): boolean {
  if (collectPolicyHistory(a).length === 0 && collectPolicyHistory(b).length === 0) return false;
  if (a.rules.length !== b.rules.length) return false;
  const possible = new OutcomeReasoning();
  const isKnown = ({ condition, scope }: Rule) =>
    (possible.findTruthSet(condition, scope) & onlyUnknown) === 0;
  const rules = b.rules.map((rule, index) => {
    const { skipUnknown } = a.rules[index] as Rule;
    return rule.skipUnknown !== skipUnknown && isKnown(rule) ? { ...rule, skipUnknown } : rule;
  });
  return hasSameMeaning(a, { ...b, rules });
}
