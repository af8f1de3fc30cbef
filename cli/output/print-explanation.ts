// The explanations that `eval` prints: as text for people, or as JSON with the response for programs.

import { explain, explainCould, renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify, toAuthZen } from '@nhipol/runtime';
import { fillTables, type TableTexts } from '@nhipol/testing';
import type { DecisionTime } from '../engines/engines.ts';
import type { Colors } from '../io/console.ts';
import { buildPossibilityJson, toEnginePossibility } from './possibility-json.ts';

/** `all`: as text, including the rules that did not fire. */
export type ExplanationForm = 'text' | 'all' | 'json';

export interface ExplanationStyle {
  readonly form: ExplanationForm;
  /** Whether each explanation starts with the number of its request. */
  readonly numbered: boolean;
  readonly indent: number | undefined;
  readonly colors: Colors;
  /** Whether it explains what is possible, not a decision. */
  readonly possible?: boolean;
}

export function createExplainer(
  policy: PolicyModel,
  { form, numbered, indent, colors, possible = false }: ExplanationStyle,
): (
  request: Uint8Array,
  instant: DecisionTime,
  tables: TableTexts,
) => { text: string; decision: boolean } {
  let count = 0;
  return (request, instant, tables) => {
    const explained = possible ? explainCould : explain;
    const { answer, ...explanation } = explained(fillTables(policy, tables), request, instant);
    const { decision } = answer;
    if (form === 'json') {
      const response = possible
        ? buildPossibilityJson(toEnginePossibility(answer))
        : toAuthZen(answer);
      const text = stringify({ ...response, explanation }, indent);
      return { text: `${text}\n`, decision };
    }
    count += 1;
    const heading = numbered ? `${count > 1 ? '\n' : ''}${colors.frame(`request ${count}`)}\n` : '';
    const look = { palette: colors, silent: form === 'all' };
    const page = renderExplanation({ answer, ...explanation }, policy.sources, look);
    return { text: heading + page, decision };
  };
}
