// The steps that write members, as JavaScript: a function for each record and each kind of element, and the
// lines that write one value. Steps come in; what is named on the way is gathered.

import { cellMarks, type Encoding } from '@nhipol/runtime/abi';
import { bytesOfCharacter, longestText, op, type Step } from '@nhipol/runtime/facts/steps';

/** More names than these are found in a Map. */
export const mostCompared = 8;

export class MemberSource {
  /** Declarations outside of `makeWriter`, and inside of it. */
  readonly constants: string[] = [];
  readonly functions: string[] = [];
  readonly #encoding: Encoding;
  #names = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** A function from a plain object to whether all of it is written. */
  record(hint: string, steps: readonly Step[], base: string): string {
    const name = `${hint}${this.#names}`;
    this.#names += 1;
    const isElement = base !== '0';
    const values = steps.map((step, at) => ({ step, value: `v${at}` }));
    const loads = values.map(
      ({ step, value }) => `const ${value} = record[${JSON.stringify(step.name)}];`,
    );
    const lines = [
      `function ${name}(record${isElement ? ', base' : ''}) {`,
      "if (typeof record !== 'object' || record === null) return false;",
      ...loads,
      'if (record !== absent && getPrototypeOf(record) !== plain) return false;',
      ...values.flatMap(({ step, value }) => [
        `if (${value} === undefined || ${value} === null) {`,
        ...this.#lacking(step, base, true),
        '} else {',
        ...this.value(step, value, base),
        '}',
      ]),
      'return true;',
      '}',
    ];
    this.functions.push(...lines);
    return name;
  }

  #lacking(step: Step, base: string, isAsked: boolean): readonly string[] {
    const missing =
      !isAsked || !step.required
        ? []
        : step.isTime
          ? ['if (!hasInstant) return false;']
          : ['return false;'];
    if (missing[0] === 'return false;') return missing;
    return [
      ...missing,
      ...(step.cell < 0 ? [] : [`cells.mark(${place(base, step)}, ${cellMarks.absent});`]),
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${JSON.stringify(step.default)};`]),
      ...step.members.flatMap((member) => this.#lacking(member, base, false)),
    ];
  }

  value(step: Step, value: string, base: string): readonly string[] {
    switch (step.op) {
      case op.text:
        return this.#text(step, value, base);
      case op.number:
        return this.#number(step, value, base);
      case op.bool:
        return [
          `if (typeof ${value} !== 'boolean') return false;`,
          ...this.#keep(step, value, `${value} ? 1 : 0`, base),
        ];
      case op.timestamp:
        return this.#timestamp(step, value, base);
      case op.choice:
        return this.#choice(step, value, base);
      case op.record: {
        const name = this.record('record', step.members, base);
        return [
          `if (!${name}(${value}${base === '0' ? '' : ', base'})) return false;`,
          ...(step.cell < 0 ? [] : [`cells.mark(${place(base, step)}, ${step.mark});`]),
        ];
      }
      default:
        return this.#collection(step, value, base);
    }
  }

  #text(step: Step, value: string, base: string): readonly string[] {
    const longest = longestText(this.#encoding);
    return [
      `if (typeof ${value} !== 'string' || ${value}.length > ${longest}) return false;`,
      `size += ${value}.length * ${bytesOfCharacter};`,
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
      step.cell < 0
        ? `if (!${value}.isWellFormed()) return false;`
        : `if (!cells.text(${place(base, step)}, ${value}, ${step.mark})) return false;`,
    ];
  }

  #number(step: Step, value: string, base: string): readonly string[] {
    const scaled = step.scale === 1 ? value : `Math.round(${value} * ${step.scale})`;
    const exact =
      step.scale === 1
        ? `!Number.isSafeInteger(${value})`
        : `n / ${step.scale} !== ${value} || n > ${step.exact} || n < -${step.exact}`;
    return [
      '{',
      `if (typeof ${value} !== 'number') return false;`,
      `const n = ${scaled};`,
      `if (${exact}) return false;`,
      ...this.#within(step, 'n', base),
      '}',
    ];
  }

  /** What is outside of its range is unknown. */
  #within(step: Step, value: string, base: string): readonly string[] {
    const tests = [
      ...(step.least > -step.exact ? [`${value} < ${step.least}`] : []),
      ...(step.most < step.exact ? [`${value} > ${step.most}`] : []),
    ];
    const keep = this.#keep(step, value, value, base);
    if (tests.length === 0) return keep;
    return [`if (${tests.join(' || ')}) {`, ...this.#unknown(step, base), '} else {', ...keep, '}'];
  }

  #unknown(step: Step, base: string): readonly string[] {
    return [
      ...(step.isElement ? ['isPartial = true;'] : []),
      ...(step.slot < 0 ? [] : [`s${step.slot} = undefined;`]),
      ...(step.cell < 0 ? [] : [`cells.mark(${place(base, step)}, ${cellMarks.present});`]),
    ];
  }

  #keep(step: Step, held: string, integer: string, base: string): readonly string[] {
    return [
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${held};`]),
      ...(step.cell < 0 ? [] : [`cells.integer(${place(base, step)}, ${integer});`]),
    ];
  }

  #timestamp(step: Step, value: string, base: string): readonly string[] {
    const longest = longestText(this.#encoding);
    const unusual = !step.takesText
      ? ['return false;']
      : [
          `if (typeof ${value} !== 'string' || ${value}.length > ${longest}) return false;`,
          `size += ${value}.length * ${bytesOfCharacter};`,
          `if (!cells.text(${place(base, step)}, ${value}, ${cellMarks.unread})) return false;`,
        ];
    return [
      '{',
      `const t = instantOf(${value});`,
      `if (Number.isNaN(t)) {`,
      ...unusual,
      '} else {',
      ...this.#within(step, 't', base),
      '}',
      '}',
    ];
  }

  #choice(step: Step, value: string, base: string): readonly string[] {
    const names = [...step.places];
    let index: string;
    if (names.length <= mostCompared) {
      index = names.map(([name, at]) => `${value} === ${JSON.stringify(name)} ? ${at} : `).join('');
    } else {
      const map = `choices${this.constants.length}`;
      this.constants.push(`const ${map} = new Map(${JSON.stringify(names)});`);
      index = `${map}.has(${value}) ? ${map}.get(${value}) : `;
    }
    const otherwise =
      step.otherwise < 0
        ? this.#unknown(step, base)
        : this.#keep(step, `${step.otherwise}`, `${step.otherwise}`, base);
    return [
      '{',
      `if (typeof ${value} !== 'string') return false;`,
      `size += ${value}.length * ${bytesOfCharacter};`,
      `const c = ${index}-1;`,
      'if (c < 0) {',
      `if (!${value}.isWellFormed()) return false;`,
      ...otherwise,
      '} else {',
      ...this.#keep(step, 'c', 'c', base),
      '}',
      '}',
    ];
  }

  #collection(step: Step, value: string, base: string): readonly string[] {
    const { element } = step;
    if (element === undefined) throw new Error('broken invariant: a collection without elements');
    const isWritten = step.cell >= 0;
    const name = `elements${this.#names}`;
    this.#names += 1;
    const inner = this.value(element, 'value', isWritten ? 'base' : '0');
    this.functions.push(
      ...[`function ${name}(array${isWritten ? ', base' : ''}) {`, 'const count = array.length;'],
      'for (let at = 0; at < count; at += 1) {',
      'const value = array[at];',
      ...inner,
      ...(isWritten ? [`base += ${step.stride};`] : []),
      '}',
      'return true;',
      '}',
    );
    const mark = step.isSet ? `(count > 1 ? ${cellMarks.unread} : ${step.mark})` : `${step.mark}`;
    return [
      '{',
      `if (!Array.isArray(${value})) return false;`,
      `const count = ${value}.length;`,
      `if (count > ${this.#encoding.limits.elements}) return false;`,
      `size += count * ${step.elementBytes};`,
      ...(isWritten
        ? [
            'const wasPartial = isPartial;',
            'isPartial = false;',
            `const first = cells.elements(count, ${step.stride});`,
            `if (first < 0 || !${name}(${value}, first)) return false;`,
            `cells.collection(${place(base, step)}, first, count, isPartial ? ${mark} | ${cellMarks.partial} : ${mark});`,
            'isPartial = wasPartial;',
          ]
        : [`if (!${name}(${value})) return false;`]),
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
      '}',
    ];
  }
}

/** Where a step's cell lies, in words; in an element, from where that does. */
function place(base: string, { cell }: Step): string {
  if (base === '0') return `${cell}`;
  return cell === 0 ? base : `${base} + ${cell}`;
}
