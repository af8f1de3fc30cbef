// Renders an explanation as text: the answer in a line, what decided it with the source underlined,
// and what would have granted. Takes the explanation and the sources of its policy. The output is
// safe for a terminal and colored by the caller's palette.

import { makeSnippet, type Palette, plain } from '../diagnostics/render.ts';
import type { PolicySource } from '../model/model.ts';
import { display, displayText, wrap } from '../support/display.ts';
import { pluralize } from '../support/words.ts';
import { formatInstant } from '../types/time/instant.ts';
import { displayPath } from '../vocabulary/vocabulary.ts';
import type {
  Downgrade,
  ExplainedError,
  ExplainedGrant,
  ExplainedReason,
  Explanation,
  ExplanationPart,
  MissedScope,
  RuleRef,
  ScoreAccount,
  Spot,
} from './explanation.ts';
import { formatInlineJson, formatInlineObject } from './inline-json.ts';
import { cut } from './literals.ts';

/** The parts of an explanation to show, and the colors. */
export interface RenderOptions {
  readonly palette?: Palette;
  /** Whether the answer itself is shown, before the explanation. Default: true. */
  readonly answer?: boolean;
  /** Whether rules that did not fire are listed. Default: false. */
  readonly silent?: boolean;
}

/** The maximum width of a line of a request, and of the explanation of a value. */
const lineWidth = 100;

/** Renders an explanation as text, ending with a newline. */
export function renderExplanation(
  explanation: Explanation,
  sources: readonly PolicySource[],
  { palette = plain, answer = true, silent = false }: RenderOptions = {},
): string {
  return new Page(explanation, sources, palette).text(answer, silent);
}

class Page {
  readonly #explanation: Explanation;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #palette: Palette;
  /** The file of the line above; the name of any other file is shown. */
  #file = '';

  constructor(explanation: Explanation, sources: readonly PolicySource[], palette: Palette) {
    this.#explanation = explanation;
    this.#texts = new Map(sources.map(({ name, text }) => [name, text]));
    this.#paths = new Map(sources.map(({ name, path }) => [name, displayPath(path)]));
    this.#palette = palette;
  }

  text(head: boolean, silent: boolean): string {
    const { reasons, scores, grant, error } = this.#explanation;
    const blocks = [
      ...(head ? [this.#head()] : []),
      ...(error === undefined ? [] : [this.#error(error)]),
      ...reasons.map((reason) => this.#reason(reason)),
      ...scores.map((score) => this.#score(score)),
      ...(grant === undefined ? [] : [this.#grant(grant)]),
      ...(silent ? [this.#silent()] : []),
    ];
    const shown = blocks.filter((block) => block.length > 0);
    return `${shown.map((block) => block.join('\n')).join('\n\n')}\n`;
  }

  // --- the answer ----------------------------------------------------------------------------------

  #head(): readonly string[] {
    const { answer, until } = this.#explanation;
    const { effect, reasons, constraints, lower, obligations, accessRequest, callDigest } = answer;
    const color = answer.decision ? this.#palette.related : this.#palette.error;
    const { possible } = this.#explanation;
    if (possible === true) return [color('possible'), ...this.#lasts(until)];
    if (possible === false) {
      const names = this.#palette.strong(reasons.map(displayText).join(', '));
      return [`${color('impossible')} because ${names}`, ...this.#lasts(until)];
    }
    return [
      `${color(effect)} because ${this.#palette.strong(reasons.map(displayText).join(', '))}`,
      ...this.#lasts(until),
      ...Object.entries(constraints).map(
        ([name, value]) => `  constraint ${name}: ${displayText(formatInlineJson(value))}`,
      ),
      ...Object.entries(lower).map(
        ([path, value]) =>
          `  could be narrowed with ${displayText(path)}: ${displayText(formatInlineJson(value))}`,
      ),
      ...obligations.map(
        (obligation) =>
          `  obligation ${obligation.name} ${formatInlineObject(obligation.properties)}, from ${obligation.reasons.join(', ')}`,
      ),
      ...(accessRequest === undefined
        ? []
        : [
            `  access request ${accessRequest.name} ${formatInlineObject(accessRequest.properties)}, until ${formatInstant(accessRequest.expiresAt)}, from ${accessRequest.reason}`,
          ]),
      ...(callDigest === undefined
        ? []
        : [`  digest of the call to approve: ${displayText(callDigest)}`]),
    ];
  }

  #lasts(until: Explanation['until']): readonly string[] {
    const { effect, validUntil } = this.#explanation.answer;
    if (effect === 'revoke') return ['  the session ends'];
    if (validUntil === undefined) return ['  does not change with time'];
    const at = formatInstant(validUntil);
    if (until === undefined) return [`  valid until ${at}`];
    const { rule, says } = until;
    return [`  valid until ${at}`, `    when ${displayText(says)}, in ${this.#ref(rule)}`];
  }

  // --- reasons -------------------------------------------------------------------------------------

  #reason(reason: ExplainedReason): readonly string[] {
    const { id, effect, written, message, score, condition, fired, falls, at } = reason;
    const of = score === undefined ? '' : `, counted by score ${score}`;
    const from = written === undefined || written === effect ? '' : `, written as ${written}`;
    const title = this.#palette.strong(`${effect} ${id}`);
    this.#file = at.file;
    const isBare = condition.form === 'Constant';
    const why = isBare
      ? 'it has no condition'
      : fired === 'true'
        ? 'its condition is true:'
        : 'its condition is unknown, so it may be true:';
    return [
      `${title} (${this.#place(at)}${from}${of})`,
      ...(message === undefined ? [] : [`  "${displayText(message)}"`]),
      `  fired because ${why}`,
      ...(isBare ? [] : this.#condition(condition)),
      ...falls.flatMap((fall) => this.#fall(fall)),
    ];
  }

  #fall(fall: Downgrade): readonly string[] {
    const { part, settings = [], says } = fall;
    return [
      `  became a deny because ${displayText(says)}${part === undefined && settings.length === 0 ? '' : ':'}`,
      ...settings.map((setting) => `    ${displayText(setting.value)} by ${this.#ref(setting)}`),
      ...(part === undefined ? [] : this.#condition(part)),
    ];
  }

  #score({ name, at, certain, possible, conditions, bands }: ScoreAccount): readonly string[] {
    const sum = certain === possible ? `${certain}` : `at least ${certain}, at most ${possible}`;
    const counts = conditions.map(
      (condition) =>
        `  ${condition.id} counts ${condition.counts}: ${condition.value ?? 'unknown'}`,
    );
    const reached = bands.map(
      ({ from, effect, reached: how }) =>
        `  from ${from} ${effect}: ${how === 'not' ? 'not reached' : `${how} reached`}`,
    );
    return [
      `${this.#palette.strong(`score ${name}`)} (${this.#place(at)}) is ${sum}`,
      ...counts,
      ...reached,
    ];
  }

  // --- permits -------------------------------------------------------------------------------------

  #grant({ fired, against, nearest, scopes }: ExplainedGrant): readonly string[] {
    const { effect } = this.#explanation.answer;
    if (nearest !== undefined) {
      const { conditions, failing, at } = nearest;
      this.#file = at.file;
      const of = pluralize(conditions, 'condition');
      const not = failing.length === 1 ? 'is not true' : 'are not true';
      const fails = this.#explanation.possible === undefined ? not : 'cannot be true';
      const count = `${failing.length} of ${of} ${fails}`;
      return [
        `nearest permit ${this.#palette.strong(nearest.id)} (${this.#place(at)}): ${count}:`,
        ...failing.flatMap((part) => this.#condition(part)),
      ];
    }
    if (scopes !== undefined) return this.#scopes(scopes);
    const permits = fired.map((ruleRef) => this.#ref(ruleRef)).join(', ');
    if (effect === 'permit') return [];
    const how = effect === 'narrow' ? ['permitted', 'within'] : ['would be permitted', 'but for'];
    return [
      `${how[0]} by ${permits}`,
      ...against.map((ruleRef) => `  ${how[1]} ${ruleRef.effect} ${this.#ref(ruleRef)}`),
    ];
  }

  #scopes(scopes: readonly MissedScope[]): readonly string[] {
    if (scopes.length === 0) return ['the policy has no permit'];
    return [
      'no permit applies to this request',
      ...scopes.flatMap(({ permits, missed }) => [
        `  ${permits.map((permit) => this.#ref(permit)).join(', ')}`,
        ...missed.map(({ selector, found, wanted, close }) => {
          const is = found === null ? 'cannot be read' : `is ${JSON.stringify(cut(found))}`;
          const meant =
            close.length === 0 ? '' : `; did you mean ${close.map(quote).join(' or ')}?`;
          return displayText(
            `    ${selector} ${is}, but must be ${wanted.map(quote).join(' or ')}${meant}`,
          );
        }),
      ]),
    ];
  }

  #silent(): readonly string[] {
    const { silent } = this.#explanation;
    if (silent.length === 0) return [];
    return [
      'did not fire',
      ...silent.flatMap(({ condition, ...each }) => {
        const value = each.value === null ? 'unknown' : each.value;
        const line = `  ${each.effect} ${this.#ref(each)}: ${value}`;
        if (condition === undefined || condition.form === 'Constant') return [line];
        this.#file = each.at.file;
        return [`${line}, because`, ...this.#condition(condition, '    ')];
      }),
    ];
  }

  // --- conditions ----------------------------------------------------------------------------------

  /** Omits parts that only join others; a binding or quantifier is shown above its body. */
  #condition(part: ExplanationPart, indent = '  '): readonly string[] {
    const below = part.parts.filter(({ role }) => role === 'condition');
    if (below.length === 0) return this.#leaf(part, indent);
    const inner = part.form === 'Binding' || part.form === 'Quantifier';
    const joined =
      part.says === undefined ? [] : [`${indent}${part.says}: ${part.value ?? 'unknown'}`];
    return [
      ...(inner ? this.#leaf(part, indent) : joined),
      ...below.flatMap((explanationPart) =>
        this.#condition(explanationPart, inner ? `${indent}  ` : indent),
      ),
    ];
  }

  #leaf(part: ExplanationPart, indent: string): readonly string[] {
    const { at } = part;
    const span = { file: at.file, start: at.start, end: at.end };
    const label = formatVerdict(part);
    const { rows } = makeSnippet(span, this.#texts, '^', label, this.#palette.warning);
    const gutter = Math.max(...rows.map(({ number }) => number.length));
    const frame = (left: string, mark: string) => this.#palette.frame(left.padStart(gutter) + mark);
    const values = part.parts.filter(({ role }) => role === 'value');
    const isHere = at.file === this.#file;
    this.#file = at.file;
    const lines = [
      ...(isHere ? [] : [`${frame('', '┌─')} ${this.#place(at)}`]),
      ...rows.map((row) => `${row.gap ? frame('', '·') : frame(row.number, '│')} ${row.text}`),
      ...this.#values(values, '').map((line) => `${frame('', '│')} ${line}`),
      ...(part.cause === undefined ? [] : wrapText(displayText(part.cause.says), '')).map(
        (line) => `${frame('', '│')} ${line}`,
      ),
    ];
    return lines.map((line) => `${indent}${line}`.trimEnd());
  }

  #values(parts: readonly ExplanationPart[], indent: string): readonly string[] {
    return parts.flatMap((part) => {
      const names = [part.name];
      let last = part;
      // A name for another value is shown on one line with it.
      for (let only = findSamePart(last); only !== undefined; only = findSamePart(last)) {
        names.push(only.name);
        last = only;
      }
      const name = names.map(displayText).join(' = ');
      const says = last.says === undefined ? '' : ` (${last.says})`;
      const lines =
        last.value === null
          ? wrapText(formatUnknownLine(name, last), indent)
          : [`${indent}${name} = ${displayText(last.value)}${says}`];
      return [...lines, ...this.#values(last.parts, `${indent}  `)];
    });
  }

  // --- the request ---------------------------------------------------------------------------------

  #error({ path, expected, found, excerpt }: ExplainedError): readonly string[] {
    const message = displayText(`${path}: expected ${expected}, found ${found}`);
    if (excerpt === undefined) return [message];
    const { line, text, start, end } = excerpt;
    const shown = display(text, start, end, lineWidth);
    const number = String(line);
    const frame = (left: string) => this.#palette.frame(`${left.padStart(number.length)}│`);
    const mark = this.#palette.error('^'.repeat(shown.to - shown.from));
    return [
      message,
      `  ${frame(number)} ${shown.text}`,
      `  ${frame('')} ${' '.repeat(shown.from)}${mark}`,
    ];
  }

  // --- places --------------------------------------------------------------------------------------

  #ref({ id, at }: RuleRef): string {
    return `${displayText(id)} (${this.#place(at)})`;
  }

  #place({ file, line }: Spot): string {
    return this.#palette.frame(`${displayText(this.#paths.get(file) ?? file)}:${line}`);
  }
}

/** Indents continuation lines further. */
function wrapText(text: string, indent: string): readonly string[] {
  const lines = wrap(text, lineWidth - indent.length);
  return lines.map((line, index) => `${indent}${index === 0 ? '' : '  '}${line}`);
}

function formatVerdict({ form, value, says }: ExplanationPart): string {
  const verdict = value ?? 'unknown';
  if (says === undefined) return verdict;
  return form === 'Known' ? says : `${verdict}: ${says}`;
}

/** Names the value once if the cause begins with it. */
function formatUnknownLine(name: string, { name: own, cause }: ExplanationPart): string {
  if (cause === undefined) return `${name} is unknown`;
  const says = displayText(cause.says);
  const start = `\`${displayText(own)}\` `;
  return name === displayText(own) && says.startsWith(start)
    ? `${name} ${says.slice(start.length)}`
    : `${name} is unknown: ${says}`;
}

function findSamePart({ form, value, parts }: ExplanationPart): ExplanationPart | undefined {
  const [only] = parts;
  return form === 'Binding' && parts.length === 1 && only?.value === value ? only : undefined;
}

function quote(name: string): string {
  return `\`${name}\``;
}
