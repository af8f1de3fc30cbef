// Warns of regular expressions that match more than their author can see, and advises about strings that have more
// spellings than a rule knows: prefixes and hosts without a separator, and restrictions on raw paths, URLs and commands.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { ApplyExpr, Expr } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import type { PatternSource } from '../../types/patterns/pattern-source.ts';
import { covers, overlap } from '../reasoning/scopes.ts';
import { listConjuncts, type RuleInfo } from '../rules.ts';
import { adviseOfOpenPatterns } from './open-patterns.ts';
import { adviseOfOpenStrings } from './open-strings.ts';
import {
  type ConditionPlace,
  findConstantEnds,
  findMemberPath,
  findShownSpan,
  listConstantStrings,
  matchCall,
  nameRead,
} from './places.ts';
import { hasCall, isCommand, isHost, isMail, isPath, isQuery, isUrl } from './readings.ts';

export function warnOfPatterns(places: readonly ConditionPlace[], reporter: Reporter): void {
  const normal = collectNormalPaths(places);
  for (const place of places) {
    const { expr, grants } = place;
    const pattern = expr.kind === 'Apply' ? expr.builtin.pattern?.source : undefined;
    if (grants) {
      if (pattern?.language === 'regex') warnOfLooseRegex(place, pattern, reporter);
      adviseOfSeparator(place, pattern, reporter);
      adviseOfOpenStrings(place, pattern, reporter);
      if (!isInNormalForm(place, normal)) adviseOfOpenPatterns(place, pattern, reporter);
    } else if (!isInNormalForm(place, normal)) adviseOfSpellings(place, pattern, reporter);
  }
}

// --- regular expressions ---------------------------------------------------------------------------

/** The alternatives outside of groups and classes. */
function splitAlternatives(text: string): readonly string[] {
  const found = [''];
  let depth = 0;
  let isClass = false;
  for (const [token] of text.matchAll(/\\.|./gsu)) {
    if (token === '[') isClass = true;
    else if (token === ']') isClass = false;
    else if (!isClass && token === '(') depth += 1;
    else if (!isClass && token === ')') depth -= 1;
    if (token === '|' && depth === 0 && !isClass) found.push('');
    else found[found.length - 1] += token;
  }
  return found;
}

const starts = (text: string) => /^(?:\(\?[a-z]+\))?(?:\^|\\A)/.test(text);
const ends = (text: string) => /(?:^|[^\\])\$$|\\z$/.test(text);

function warnOfLooseRegex(
  place: ConditionPlace,
  { text, searches }: PatternSource,
  reporter: Reporter,
): void {
  const alternatives = splitAlternatives(text);
  const isWhole = alternatives.every((alternative) => starts(alternative) && ends(alternative));
  if (searches && !isWhole && /(?<!\\)\|/.test(text)) {
    const inner = text.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
    reporter.report(
      'loose-pattern',
      place.span,
      { why: `\`${text}\` also matches a part of a longer string` },
      { help: `write \`matches regex"${inner}"\`, which compares the whole string` },
    );
    return;
  }
  if (searches && /^\(\?[a-z]*m/.test(text) && /(?<!\\)\^|(?<![\\[])\$/.test(text)) {
    reporter.report(
      'loose-pattern',
      place.span,
      { why: '`^` and `$` match at each line of the string' },
      { help: 'leave `m` out, or write `\\A` and `\\z` for the ends of the string' },
    );
    return;
  }
  const withoutClasses = text.replace(/\[(?:\\.|[^\]\\])*\]/g, '?');
  const dot = /[A-Za-z0-9-](\.)[A-Za-z]{2,}(?:$|[)$:/|]|\.)/.exec(withoutClasses);
  if (dot === null || !/^[\w.\\^$()?:|/*+@%-]+$/.test(withoutClasses)) return;
  reporter.report('loose-pattern', place.span, {
    why: `the \`.\` before \`${withoutClasses.slice(dot.index + 2)}\` matches any character`,
  });
}

// --- separators ------------------------------------------------------------------------------------

function adviseOfSeparator(
  place: ConditionPlace,
  pattern: PatternSource | undefined,
  reporter: Reporter,
): void {
  const { expr } = place;
  if (pattern !== undefined) {
    const [subject] = expr.kind === 'Apply' ? expr.args : [];
    const isLoose = pattern.language === 'glob' && pattern.separator === '/';
    if (!isLoose || subject === undefined || !isHost(nameSubject(subject))) return;
    if (!/\*/.test(pattern.text) || !pattern.text.includes('.')) return;
    reporter.report(
      'no-separator',
      place.span,
      { text: pattern.text, how: 'matches several labels with one `*`' },
      { help: 'write `separated by "."` after the glob, so that `*` stops at a dot' },
    );
    return;
  }
  const found = matchCall(expr, ['starts_with', 'ends_with']);
  const [, needle] = found?.args ?? [];
  if (found === undefined || needle === undefined) return;
  const edges = findConstantEnds(needle);
  const isPrefix = found.name === 'starts_with';
  const edge = isPrefix ? edges.last : edges.first;
  if (edge === '') return;
  const isOpen = edge === undefined || (isPrefix ? /[\p{L}\d]$/u : /^[\p{L}\d]/u).test(edge);
  if (!isOpen) return;
  const text = edge ?? '…';
  reporter.report('no-separator', findShownSpan(place, needle), {
    text,
    how: isPrefix ? `also accepts \`${text}x\`` : `also accepts \`x${text}\``,
  });
}

// --- spellings -------------------------------------------------------------------------------------

function nameSubject(expr: Expr): string {
  const inner = unwrapBinding(expr);
  return inner.kind === 'Apply' && inner.args.length === 1 && inner.args[0] !== undefined
    ? nameSubject(inner.args[0])
    : nameRead(inner);
}

const rootPath = /^(?:~|\/)[\w.~/-]/;

/** The string that a condition compares with literals, and the literals. */
function findComparison(
  { expr }: ConditionPlace,
  pattern: PatternSource | undefined,
):
  | { readonly operator: string; readonly subject: Expr; readonly texts: readonly string[] }
  | undefined {
  if (pattern !== undefined && expr.kind === 'Apply' && expr.args[0] !== undefined)
    return { operator: 'matches', subject: expr.args[0], texts: [pattern.text] };
  if (expr.kind === 'Compare') {
    if (expr.operator !== 'is') return undefined;
    const [left, right] = [unwrapBinding(expr.left), unwrapBinding(expr.right)];
    const subject = listConstantStrings(left).length > 0 ? right : left;
    return { operator: 'is', subject, texts: listConstantStrings(subject === left ? right : left) };
  }
  const found = matchCall(expr, ['in', 'starts_with', 'ends_with', 'contains']);
  const [subject, needle] = found?.args ?? [];
  if (found === undefined || subject === undefined || needle === undefined) return undefined;
  return { operator: found.name, subject, texts: listConstantStrings(needle) };
}

/** The rules that need a path in normal form, by the path: permits by `under`, restrictions of all other paths. */
interface NormalPaths {
  readonly permits: readonly RuleInfo[];
  readonly needing: ReadonlyMap<string, ReadonlySet<RuleInfo>>;
}

function collectNormalPaths(places: readonly ConditionPlace[]): NormalPaths {
  const needing = new Map<string, Set<RuleInfo>>();
  for (const { expr, judged, grants } of places) {
    const knownOperand = expr.kind === 'Known' && grants ? expr.operand : undefined;
    const isConjunct = listConjuncts(judged.condition).map(unwrapBinding).includes(expr);
    const roots = grants && isConjunct ? matchCall(expr, ['under'])?.args.slice(0, 1) : undefined;
    const calls = [...collectExprs([expr])].filter(
      (part) => (knownOperand !== undefined || (grants && isConjunct)) && isNormalPath(part),
    );
    const exprs = [...(roots ?? []), ...calls.flatMap((call) => (call as ApplyExpr).args)];
    for (const path of exprs.map(findMemberPath)) {
      if (path === undefined) continue;
      const rules = needing.get(path) ?? new Set();
      needing.set(path, rules.add(judged));
    }
  }
  const permits = places.map(({ judged }) => judged).filter(({ effect }) => effect === 'permit');
  return { permits: [...new Set(permits)], needing };
}

function isNormalPath(expr: Expr): boolean {
  return matchCall(expr, ['normal_path']) !== undefined && expr.kind === 'Apply';
}

/** Whether nothing is permitted for a path in another spelling, so that a restriction need not know it. */
function isInNormalForm(
  { expr, judged }: ConditionPlace,
  { permits, needing }: NormalPaths,
): boolean {
  return [...collectExprs([expr])].some((part) => {
    const rules = needing.get(findMemberPath(part) ?? '');
    if (rules === undefined) return false;
    const isDenied = [...rules].some(
      ({ effect, scope }) => effect !== 'permit' && covers(scope, judged.scope),
    );
    const scopePermits = permits.filter(({ scope }) => overlap(scope, judged.scope) !== undefined);
    return (
      isDenied || (scopePermits.length > 0 && scopePermits.every((permit) => rules.has(permit)))
    );
  });
}

function adviseOfSpellings(
  place: ConditionPlace,
  pattern: PatternSource | undefined,
  reporter: Reporter,
): void {
  const compared = findComparison(place, pattern);
  if (compared === undefined || compared.texts.length === 0) return;
  const { subject, texts, operator } = compared;
  if (pattern?.language === 'spiffe') return;
  const name = nameSubject(subject);
  const report = (missed: string, help: string) =>
    reporter.report(
      'other-spellings',
      place.span,
      { what: place.judged.what, missed, name },
      { help },
    );
  const isPathLike =
    texts.some((text) => rootPath.test(text)) ||
    (isPath(name) && (operator === 'matches' || texts.some((text) => text.includes('/'))));
  if (isPathLike && name !== '' && !hasCall(subject, 'normal_path')) {
    report(
      'other spellings of the same path, such as `/a/../b`, `//b` or `%62`',
      'write `under`, or `normal_path(…)` around the path, which is unknown for other spellings',
    );
    return;
  }
  const [text = ''] = texts;
  if (pattern?.language === 'glob' && isPathLike) {
    if (/\/\*$/.test(text))
      report('what is deeper than one level: `*` stops at a `/`', 'write `**` for all levels');
    else if (!pattern.ignoringCase && /\.[A-Za-z]\w*$/.test(text) && /\*\.\w+$/.test(text))
      report('the same name in other letter case', 'write `ignoring case` after the glob');
    return;
  }
  const isWord = operator !== 'is' && operator !== 'in' && texts.some((each) => /\w/.test(each));
  if (isWord && (isCommand(name) || isQuery(name))) {
    report(
      'other spellings of the same command',
      'permit what is known to be safe, such as `action.program in { "ls", "cat" }`',
    );
    return;
  }
  const local = texts.find((each) =>
    /^(?:localhost|127\.0\.0\.1|::1|\[::1\]|0\.0\.0\.0)$/i.test(each),
  );
  if (isHost(name) && local !== undefined && (operator === 'is' || operator === 'in')) {
    report(
      'other names of the same machine, such as `127.1`, `[::1]` and `localhost.`',
      'permit the hosts that are known, or declare the address as an `Ip` and compare networks',
    );
    return;
  }
  const hasCase = texts.some((each) => /[A-Za-z]/.test(each));
  const ignoresCase = pattern?.ignoringCase === true || /\(\?[a-z]*i/.test(pattern?.text ?? '');
  if ((isHost(name) || isUrl(name)) && hasCase && !ignoresCase && !hasCall(subject, 'lower'))
    report('the same host in other letter case', 'write `lower(…)` around it');
  else if (
    isMail(name) &&
    texts.some((each) => /\w@\w/.test(each)) &&
    !ignoresCase &&
    !hasCall(subject, 'lower')
  )
    report('the same address in other letter case', 'write `lower(…)` around it');
}
