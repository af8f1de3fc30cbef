// Claims from the command line: each becomes an invariant at the end of the policy.

import { effects } from '@nhipol/runtime/abi';

const scoped = /^\s*for\s+(.+?)\s+(never\s.+)$/s;
const question = new RegExp(`^\\s*never\\s+(${effects.join('|')})\\s+when\\s+(.+)$`, 's');

/** Whether it is a claim about a member, such as `higher context.risk.level never loosens`. */
export function isAboutMember(question: string): boolean {
  return aboutMember.test(question);
}

const aboutMember =
  /^(?:missing|higher|lower|later|earlier|newer|older|more|fewer) \S+ never loosens$/;

/** Appends the claims to the source of a policy; each is an invariant with its own words as the name. */
export function withQuestions(source: string, questions: readonly string[]): string {
  const invariants = questions.map(
    (each) => `\ninvariant ${JSON.stringify(each)} ${toClaim(each)}\n`,
  );
  return `${source}\n${invariants.join('')}`;
}

/** `never permit` also excludes a narrow; any other effect excludes only itself. */
function toClaim(text: string): string {
  const [, scope = 'any', unscoped = text] = scoped.exec(text) ?? [];
  const [, effect, condition] = question.exec(unscoped) ?? [];
  if (effect === undefined || condition === undefined)
    return text.trimStart().startsWith('for ') ? text : `for any ${text}`;
  const claim = effect === 'permit' ? 'effect > narrow' : `effect is not ${effect}`;
  return `for ${scope} (${condition}) implies ${claim}`;
}
