// Checks sources in tests: from the source of a policy, with the files that it uses, to the checked
// policy and its diagnostics, each with the code that it underlines.

import { check, type Diagnostic } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { skipMeasure } from '@nhipol/language/support';
import { trapMessages } from '../../language/diagnostics/messages/traps.ts';
import { warningMessages } from '../../language/diagnostics/messages/warnings.ts';

export const entry = 'p.nhipol';

export interface CheckedText {
  /** Each as `code «underlined» message`, followed by its label if it has one. */
  readonly found: readonly string[];
  /** Warnings in the same form; small policies of tests cause many of them. */
  readonly warned: readonly string[];
  /** Advice in the same form. */
  readonly advised: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly advice: readonly Diagnostic[];
  readonly policy: PolicyModel | undefined;
}

/** `others`: files by path, as the policy writes them. */
export function checkText(
  text: string,
  others: Readonly<Record<string, string>> = {},
  withoutWarnings = false,
): CheckedText {
  const sources = new Map([...Object.entries(others), [entry, text] as const]);
  const loading = { parsed: new Map(), measure: skipMeasure, withoutWarnings };
  const { policy, diagnostics, advice } = check(entry, sources, loading);
  const show = ({ code, span, message, label }: Diagnostic) => {
    const underlined = sources.get(span.file)?.slice(span.start, span.end);
    return `${code} «${underlined}» ${message}${label === undefined ? '' : `: ${label}`}`;
  };
  const warnings = { ...warningMessages, ...trapMessages };
  const isWarned = ({ code }: Diagnostic) => Object.hasOwn(warnings, code);
  return {
    found: diagnostics.filter((each) => !isWarned(each)).map(show),
    warned: diagnostics.filter(isWarned).map(show),
    advised: advice.map(show),
    diagnostics,
    advice,
    policy,
  };
}

/** The policy of a source without errors; warnings, which take longest, are not looked for. */
export function checkPolicy(
  text: string,
  others: Readonly<Record<string, string>> = {},
): PolicyModel {
  const { policy, found } = checkText(text, others, true);
  if (policy === undefined) throw new Error(`${text}\n${found.join('\n')}`);
  return policy;
}
