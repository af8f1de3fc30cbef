// Advises about permits whose pattern for a path or a URL accepts what its author cannot see: `..` after a prefix, which the
// program that opens the path resolves, a wildcard in the host of a URL, which accepts characters that end the host, and
// the name of a host that can be anywhere.

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
import { hasCall, isHost, isPath, isUrl } from './readings.ts';

export function adviseOfOpenPatterns(
  place: ConditionPlace,
  pattern: PatternSource | undefined,
  reporter: Reporter,
): void {
  const elsewhere = findHostElsewhere(place, pattern);
  if (elsewhere !== undefined) {
    reporter.report('host-anywhere', place.span, { text: elsewhere });
    return;
  }
  const compared = findPrefix(place, pattern);
  if (compared === undefined || pattern?.language === 'spiffe') return;
  const { subject, text, isWild } = compared;
  if (pattern !== undefined && hasWildHost(pattern)) {
    reporter.report('wildcard-host', place.span, { text });
    return;
  }
  if (!isWild || !isBelowFolder(text, subject) || hasCall(subject, 'normal_path')) return;
  if (isWithoutParents(place, subject)) return;
  reporter.report('parent-folder', place.span, { text });
}

/** A name such as `acme.test`, also as a regular expression writes it. */
const hostName = /[a-z\d-]\\?\.[a-z][a-z\d-]+(?![a-z\d]*\()/i;

/** The text of a condition for a URL or a host that does not say where in it the host is. */
function findHostElsewhere(
  { expr }: ConditionPlace,
  pattern: PatternSource | undefined,
): string | undefined {
  const found = matchCall(expr, ['contains', 'ends_with']);
  const [subject, needle] = found?.args ?? [];
  if (found !== undefined && subject !== undefined && needle !== undefined) {
    const text = formatTemplate(needle) ?? '';
    const isFree =
      found.name === 'contains'
        ? isUrl(nameRead(subject)) || isHost(nameRead(subject))
        : isUrl(nameRead(subject));
    return isFree && hostName.test(text) && !text.includes('/') ? text : undefined;
  }
  const [operand] = expr.kind === 'Apply' && pattern?.language === 'regex' ? expr.args : [];
  if (operand === undefined || pattern === undefined) return undefined;
  const name = nameRead(operand);
  if (!isUrl(name) && !isHost(name)) return undefined;
  const isAnchored = /^(?:\(\?[a-z]+\))?(?:\^|\\A)/.test(pattern.text);
  // A search for alternatives gets a warning.
  const isFree = pattern.searches && !isAnchored && !/(?<!\\)\|/.test(pattern.text);
  const isWild = /^\^?\.[*+](?!\\?\.)/.test(pattern.text);
  return (isFree || isWild) && hostName.test(pattern.text) ? pattern.text : undefined;
}

interface Prefix {
  readonly subject: Expr;
  /** `…` stands for a value of the request. */
  readonly text: string;
  /** Whether `..` can follow. */
  readonly isWild: boolean;
}

function findPrefix(
  { expr }: ConditionPlace,
  pattern: PatternSource | undefined,
): Prefix | undefined {
  if (pattern !== undefined) {
    const [subject] = expr.kind === 'Apply' ? expr.args : [];
    if (subject === undefined) return undefined;
    // The globs of the language do not match `..` with their stars.
    const isWild = pattern.language === 'regex' && acceptsParents(pattern.text);
    return { subject, text: pattern.text, isWild };
  }
  const [subject, needle] = matchCall(expr, ['starts_with'])?.args ?? [];
  const text = needle && formatTemplate(needle);
  return subject && text !== undefined ? { subject, text, isWild: true } : undefined;
}

/** Whether a wildcard after the host matches `/..`. */
function acceptsParents(regex: string): boolean {
  const path = regex.replace(/^\^?[a-z][a-z0-9+.-]*:\\?\/\\?\/(?:\[[^\]]*\]|[^/])*/i, '');
  return /(?<!\\)\.[*+]|\[\^(?![^\]]*[/.])[^\]]*\][*+]/.test(path);
}

/** Whether the text begins with a folder, or with a host and a folder: above them is something that is not meant. */
function isBelowFolder(text: string, subject: Expr): boolean {
  const plain = text.replace(/^\^/, '').replace(/\\([/.])/g, '$1');
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/]+\/./i.test(plain)) return true;
  if (/^(?:~|\/)[\w.…-]/.test(plain)) return true;
  const name = nameRead(subject);
  return (isPath(name) || isUrl(name)) && /^[\w.…-]+\//.test(plain) && !/^\w+:\//.test(plain);
}

/** Whether the rule also requires that the text has no `..`. */
function isWithoutParents({ judged }: ConditionPlace, subject: Expr): boolean {
  const path = findMemberPath(subject);
  return [...collectExprs([judged.condition])].some((part) => {
    const [text, needle] = matchCall(part, ['contains'])?.args ?? [];
    const isSame = text !== undefined && findMemberPath(text) === path;
    return (
      isSame &&
      needle !== undefined &&
      listConstantStrings(needle).some((constantString) => constantString.includes('..'))
    );
  });
}

/** Whether a wildcard in the host of a URL matches `#`, `?`, `@` or a backslash. */
function hasWildHost({ language, text }: PatternSource): boolean {
  const [, host = ''] = /^\^?[a-z][a-z0-9+.-]*:\\?\/\\?\/((?:\[[^\]]*\]|[^/])*)/i.exec(text) ?? [];
  if (!/[\p{L}\d]/u.test(host.replace(/\[[^\]]*\]/g, ''))) return false;
  if (language === 'glob') return /[*?]/.test(host);
  return /(?<!\\)\.[*+?]|\[\^(?![^\]]*[#?@])[^\]]*\]/.test(host);
}
