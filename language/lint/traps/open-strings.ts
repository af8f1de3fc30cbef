// Advises about permits whose pattern accepts a second part that its author did not think of: another command after the
// permitted one, and another address before the permitted one.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import type { PatternSource } from '../../types/patterns/pattern-source.ts';
import {
  type ConditionPlace,
  findMemberPath,
  formatTemplate,
  listConstantStrings,
  matchCall,
  nameRead,
} from './places.ts';
import { isCommand, isMail, isQuery } from './readings.ts';

export function adviseOfOpenStrings(
  place: ConditionPlace,
  pattern: PatternSource | undefined,
  reporter: Reporter,
): void {
  const compared = findComparison(place, pattern);
  if (compared === undefined) return;
  const name = nameRead(compared.subject);
  if (isOneOfSeveral(name, compared)) {
    if (!isExcluded(place, compared.subject, ','))
      reporter.report('several-addresses', place.span, { text: compared.text });
    return;
  }
  const isStatement = isQuery(name) && statement.test(compared.text);
  if (!(isCommand(name) || isStatement) || !isOpen(compared)) return;
  if (isExcluded(place, compared.subject, ';')) return;
  const second = isStatement
    ? 'statement, such as `; DROP TABLE t`'
    : 'command, such as `; rm -rf /`';
  reporter.report('open-command', place.span, { text: compared.text, second });
}

interface Compared {
  readonly subject: Expr;
  /** `…` stands for a value of the request. */
  readonly text: string;
  /** The language of a pattern, or the operator. */
  readonly by: 'glob' | 'regex' | 'starts_with' | 'ends_with' | 'contains';
  readonly searches: boolean;
}

function findComparison(
  { expr }: ConditionPlace,
  pattern: PatternSource | undefined,
): Compared | undefined {
  if (pattern !== undefined) {
    const [subject] = expr.kind === 'Apply' ? expr.args : [];
    const { language, text, searches } = pattern;
    if (subject === undefined || language === 'spiffe') return undefined;
    return { subject, text, by: language, searches };
  }
  const found = matchCall(expr, ['starts_with', 'ends_with', 'contains']);
  const [subject, needle] = found?.args ?? [];
  const text = needle && formatTemplate(needle);
  if (found === undefined || subject === undefined || text === undefined) return undefined;
  return { subject, text, by: found.name as Compared['by'], searches: false };
}

/** Whether the rule also has a condition on the same string that names a separator. */
function isExcluded({ judged, expr }: ConditionPlace, subject: Expr, separator: string): boolean {
  const path = findMemberPath(subject);
  return [...collectExprs([judged.condition])].some((part) => {
    if (part === expr || part.kind !== 'Apply') return false;
    const [text, needle] = part.args;
    if (text === undefined || findMemberPath(text) !== path) return false;
    const { pattern } = part.builtin;
    const texts =
      pattern === undefined ? listConstantStrings(needle ?? text) : [pattern.source.text];
    if (pattern?.source.language === 'regex' && !acceptsAny(pattern.source)) return true;
    return texts.some((each) => each.includes(separator));
  });
}

// --- commands --------------------------------------------------------------------------------------

const statement = /^\^?(?:\(\?i\))?\s*(?:select|insert|update|delete|with|show|explain)\b/i;

function isOpen({ by, text, searches }: Compared): boolean {
  if (by === 'glob') return text.includes('*');
  return by !== 'regex' || acceptsAny({ text, searches });
}

/** The characters that end a command, as a negated class can name them. */
const separators = [/;/, /&/, /\|/, /\\[nsvR]|\\x0[aA]|\n/];

/** Whether a regular expression accepts separators where its author wrote none: by a wildcard, or around a match. */
function acceptsAny({ text, searches }: Pick<PatternSource, 'text' | 'searches'>): boolean {
  if (searches && !(/^(?:\(\?[a-z]+\))?(?:\^|\\A)/.test(text) && /(?:[^\\]\$|\\z)$/.test(text)))
    return true;
  const negated = [...text.matchAll(/(?<!\\)\[\^((?:\\.|[^\]\\])*)\][*+{]/g)];
  const excludes = ([, excluded = '']: readonly string[]) =>
    separators.every((separator) => separator.test(excluded));
  if (!negated.every(excludes)) return true;
  return /(?<!\\)\.[*+{]|\\[SDW][*+{]/.test(text);
}

// --- addresses -------------------------------------------------------------------------------------

/** Whether a string of a call is compared with the end of an address, and can have other addresses before. */
function isOneOfSeveral(name: string, { subject, text, by }: Compared): boolean {
  if (subject.kind !== 'Read' || subject.from !== 'action' || !isMail(name)) return false;
  if (by === 'ends_with') return text.startsWith('@');
  if (by === 'glob') return /^\*+@/.test(text);
  return by === 'regex' && /^\^?(?:\.[*+]|\\S[*+]|\[\^(?![^\]]*[@,])[^\]]*\][*+])@/.test(text);
}
