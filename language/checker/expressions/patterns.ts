// Compiles the patterns of a policy, each once however often it occurs, and reports errors with
// their position inside the pattern.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { type Fix, proposeEnclosure } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import type { MatchNode, PatternNode } from '../../syntax/ast.ts';
import { findTextStart } from '../../syntax/literals/pattern.ts';
import { acceptsType } from '../../types/builtins/patterns.ts';
import { Effort, effortLimit } from '../../types/patterns/automata/effort.ts';
import { isSeparator } from '../../types/patterns/globs/glob.ts';
import { isPattern, makePattern, type Pattern } from '../../types/patterns/pattern.ts';
import type { PatternSource } from '../../types/patterns/pattern-source.ts';
import type { PatternProblem } from '../../types/patterns/problem.ts';
import { type Type, typeName } from '../../types/types.ts';

const patternLimit = 20_000;
const defaultSeparator = '/';

export class Patterns {
  readonly #made = new Map<string, Pattern | PatternProblem>();
  readonly #effort = new Effort();
  #isOverBudget = false;

  /** Returns undefined after a report. */
  make(reporter: Reporter, node: MatchNode): Pattern | undefined {
    if (!this.#checkOptions(reporter, node)) return undefined;
    const { pattern, separator, ignoringCase, searches } = node;
    const made = this.#make(reporter, pattern.span, {
      language: pattern.language,
      text: pattern.text,
      separator: separator?.value ?? defaultSeparator,
      ignoringCase,
      searches,
    });
    if (made === undefined) return undefined;
    if (isPattern(made)) {
      for (const { why, help, ...at } of made.notices)
        reporter.report('foreign-pattern', locateInPattern(pattern, at), { why }, { help });
      return made;
    }
    const { code, why, help } = made;
    reporter.report(code, locateInPattern(pattern, made), { why }, { help });
    return undefined;
  }

  /** Whether the pattern can match values of the type; reports it if not. */
  fits(reporter: Reporter, pattern: Pattern, type: Type, operand: Span): boolean {
    if (acceptsType(pattern, type)) return true;
    const { language } = pattern.source;
    const help =
      language === 'spiffe'
        ? 'write `spiffe(x) matches …`, which is unknown if `x` is not a SPIFFE ID'
        : 'write `matches spiffe"spiffe://…"`, or read `x.path` or `x.trust_domain`';
    const mixed = type.kind === 'String' || type.kind === 'SpiffeId';
    reporter.report(
      'pattern-operand',
      operand,
      { language, takes: language === 'spiffe' ? 'SpiffeId' : 'String', found: typeName(type) },
      {
        ...(mixed ? { help } : {}),
        fix:
          type.kind === 'String'
            ? proposeEnclosure(operand, 'spiffe(', ')', 'write `spiffe(…)` around it')
            : undefined,
      },
    );
    return false;
  }

  /** Whether the options fit the pattern language. */
  #checkOptions(reporter: Reporter, node: MatchNode): boolean {
    const { pattern, separator, ignoringCase } = node;
    const refuse = (span: Span, why: string, help?: string, fix?: Fix): false => {
      reporter.report('bad-glob-option', span, { why }, { help, fix });
      return false;
    };
    if (node.searches && pattern.language !== 'regex') {
      reporter.report('search-needs-regex', pattern.span, { language: pattern.language });
      return false;
    }
    if (pattern.language !== 'glob') {
      if (separator !== undefined) {
        return refuse(separator.span, 'only a glob can have `separated by`');
      }
      if (!ignoringCase) return true;
      const why = `only a glob can have \`ignoring case\`, and this is a ${pattern.language}`;
      const help =
        pattern.language === 'regex' ? 'begin it with `(?i)`' : 'SPIFFE IDs are case-sensitive';
      return refuse(pattern.span, why, help, proposeCaseless(pattern, node.span.end));
    }
    if (separator === undefined || isSeparator(separator.value)) return true;
    return refuse(
      separator.span,
      `${JSON.stringify(separator.value)} is not a valid separator of segments`,
    );
  }

  #make(
    reporter: Reporter,
    span: Span,
    source: PatternSource,
  ): Pattern | PatternProblem | undefined {
    const key = JSON.stringify(source);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    if (this.#made.size >= patternLimit) {
      reporter.report('too-many', span, { what: 'patterns', limit: patternLimit });
      return undefined;
    }
    if (this.#isOverBudget) return undefined;
    const made = makePattern(source, this.#effort);
    this.#made.set(key, made);
    if (this.#effort.spent <= effortLimit) return made;
    // Reported once: further patterns are not compiled.
    this.#isOverBudget = true;
    const what = `steps to compile the first ${this.#made.size} patterns`;
    const help =
      'write smaller patterns: fewer repetitions such as `{1,200}`, fewer classes such as `\\pL`, and `length(x) <= 64` to limit the length';
    reporter.report('too-many', span, { what, limit: effortLimit }, { help });
    return undefined;
  }
}

/** The position inside the literal, or the whole literal if it contains escapes. */
function locateInPattern(
  { span, language, text }: PatternNode,
  at: { readonly start: number; readonly end: number },
): Span {
  const start = span.start + findTextStart(language);
  const exact = span.end - start === text.length + 1;
  if (!exact) return span;
  // At the end of the pattern, underlines the closing quote.
  const end = Math.max(at.end, at.start + 1);
  return { file: span.file, start: start + at.start, end: start + end };
}

/** Replaces `ignoring case` after the pattern by `(?i)` inside a regular expression. */
function proposeCaseless({ language, span }: PatternNode, end: number): Fix | undefined {
  if (language !== 'regex') return undefined;
  const start = span.start + findTextStart(language);
  return {
    title: 'begin it with `(?i)`',
    edits: [
      { span: { ...span, start, end: start }, text: '(?i)' },
      { span: { ...span, start: span.end, end }, text: '' },
    ],
  };
}
