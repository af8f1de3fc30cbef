// Checking in tests: a policy's text, with the files that it uses, in; the checked policy and its
// diagnostics, each with the text that it underlines, out.

import { warningMessages } from '../../language/diagnostics/messages/warnings.ts';
import { check, type Diagnostic, type Policy } from '../../language/index.ts';

export const entry = 'p.nhipol';

export interface CheckedText {
  /** Each as `code «underlined» message`, with its label behind it where it has one. */
  readonly found: readonly string[];
  /** In the same way, what is legal and hardly meant: small policies of tests are full of it. */
  readonly warned: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly policy: Policy | undefined;
}

/** `others`: by path, as the policy writes them. */
export function checked(text: string, others: Readonly<Record<string, string>> = {}): CheckedText {
  const sources = new Map([...Object.entries(others), [entry, text] as const]);
  const { policy, diagnostics } = check(entry, sources);
  const tell = ({ code, span, message, label }: Diagnostic) => {
    const underlined = sources.get(span.file)?.slice(span.start, span.end);
    return `${code} «${underlined}» ${message}${label === undefined ? '' : `: ${label}`}`;
  };
  const isWarned = ({ code }: Diagnostic) => Object.hasOwn(warningMessages, code);
  return {
    found: diagnostics.filter((each) => !isWarned(each)).map(tell),
    warned: diagnostics.filter(isWarned).map(tell),
    diagnostics,
    policy,
  };
}

/** The policy of a text without errors. */
export function policyOf(text: string, others: Readonly<Record<string, string>> = {}): Policy {
  const { policy, found } = checked(text, others);
  if (policy === undefined) throw new Error(`${text}\n${found.join('\n')}`);
  return policy;
}
