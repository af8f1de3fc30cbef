// Comments that suppress the warnings of learned rules: takes the rules, and returns the policy in which each of them states
// why its warnings are intended. Which warnings there are depends on all rules, so the policy is checked.

import { check, type Diagnostic } from '@nhipol/language';

const reasons: ReadonlyMap<string, string> = new Map([
  ['fails-open', 'there were calls without the argument'],
  ['true-of-nothing', 'there were calls with an empty list'],
]);

/** A report can be cut, and a warning can appear when another one is suppressed. */
const maxRounds = 20;
const file = 'learned.nhipol';

/** `write`: the policy with these rules. */
export function withAllowances(
  rules: readonly string[],
  write: (rules: readonly string[]) => string,
): string {
  const allowed = rules.map(() => new Set<string>());
  const texts = () => rules.map((rule, index) => addComments(rule, allowed[index] ?? new Set()));
  for (let round = 1; round < maxRounds; round += 1) {
    const source = write(texts());
    const places = texts().map((text) => source.indexOf(text));
    const warnings = check(file, new Map([[file, source]])).diagnostics.filter(isExplained);
    for (const { code, span } of warnings) {
      allowed[places.findLastIndex((start) => start <= span.start)]?.add(code);
    }
    if (warnings.length === 0) return source;
  }
  return write(texts());
}

function isExplained({ code }: Diagnostic): boolean {
  return reasons.has(code);
}

/** The comments are directly above the group, after those that describe it. */
function addComments(rule: string, codes: ReadonlySet<string>): string {
  const start = rule.startsWith('for ') ? 0 : rule.indexOf('\nfor ') + 1;
  const comments = [...codes].sort().map((code) => `// allow ${code}: ${reasons.get(code)}\n`);
  return `${rule.slice(0, start)}${comments.join('')}${rule.slice(start)}`;
}
