// Advises about permits whose pattern for a path or a URL accepts what its author cannot see: `..` after a prefix, which the
// program that opens the path resolves, and a wildcard in the host of a URL, which accepts characters that end the host.

import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { Expr } from '../model/model.ts';
import { everyExpr } from '../model/operands.ts';
import type { PatternSource } from '../types/patterns/pattern.ts';
import { applied, memberPath, nameRead, type Place, stringsIn, templateText } from './places.ts';
import { isPath, isThrough, isUrl } from './readings.ts';

export function adviseOfOpenPatterns(
  place: Place,
  pattern: PatternSource | undefined,
  reporter: Reporter,
): void {
  const compared = prefixOf(place, pattern);
  if (compared === undefined || pattern?.language === 'spiffe') return;
  const { subject, text, isWild } = compared;
  if (pattern !== undefined && hasWildHost(pattern)) {
    reporter.report('wildcard-host', place.span, { text });
    return;
  }
  if (!isWild || !isBelowFolder(text, subject) || isThrough(subject, 'normal_path')) return;
  if (isWithoutParents(place, subject)) return;
  reporter.report('parent-folder', place.span, { text });
}

interface Prefix {
  readonly subject: Expr;
  /** `…` stands for a value of the request. */
  readonly text: string;
  /** Whether `..` can follow. */
  readonly isWild: boolean;
}

function prefixOf({ expr }: Place, pattern: PatternSource | undefined): Prefix | undefined {
  if (pattern !== undefined) {
    const [subject] = expr.kind === 'Apply' ? expr.args : [];
    if (subject === undefined) return undefined;
    // The globs of the language do not match `..` with their stars.
    const isWild = pattern.language === 'regex' && acceptsParents(pattern.text);
    return { subject, text: pattern.text, isWild };
  }
  const [subject, needle] = applied(expr, ['starts_with'])?.args ?? [];
  const text = needle && templateText(needle);
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
function isWithoutParents({ judged }: Place, subject: Expr): boolean {
  const path = memberPath(subject);
  return [...everyExpr([judged.condition])].some((part) => {
    const [text, needle] = applied(part, ['contains'])?.args ?? [];
    const isSame = text !== undefined && memberPath(text) === path;
    return isSame && needle !== undefined && stringsIn(needle).some((each) => each.includes('..'));
  });
}

/** Whether a wildcard in the host of a URL matches `#`, `?`, `@` or a backslash. */
function hasWildHost({ language, text }: PatternSource): boolean {
  const [, host = ''] = /^\^?[a-z][a-z0-9+.-]*:\\?\/\\?\/((?:\[[^\]]*\]|[^/])*)/i.exec(text) ?? [];
  if (!/[\p{L}\d]/u.test(host.replace(/\[[^\]]*\]/g, ''))) return false;
  if (language === 'glob') return /[*?]/.test(host);
  return /(?<!\\)\.[*+?]|\[\^(?![^\]]*[#?@])[^\]]*\]/.test(host);
}
