// Generates JavaScript that writes members: the lines that write one value, and a function for each kind
// of element. Declarations that the lines need are collected. The lines add the bytes that a value takes
// to `size`, and return -1 if the value needs the general path.

import { cellMarks, type Encoding } from '../../contract/index.ts';
import { bytesOfCharacter, getMaxStringLength, op, type WriteStep } from '../steps.ts';

/** A list with more names than this is looked up in a Map. */
export const maxCompared = 8;

export class MemberSource {
  /** Declarations outside and inside `makeWriter`. */
  readonly constants: string[] = [];
  readonly functions: string[] = [];
  readonly #encoding: Encoding;
  readonly #isSplit: boolean;
  #names = 0;

  /** `isSplit`: each record has its own function, because engines do not optimize long functions. */
  constructor(encoding: Encoding, isSplit: boolean) {
    this.#encoding = encoding;
    this.#isSplit = isSplit;
  }

  /** Writes all members of a plain object. */
  record(
    hint: string,
    steps: readonly WriteStep[],
    value: string,
    base: string,
  ): readonly string[] {
    const name = `${hint}${this.#names}`;
    this.#names += 1;
    if (!this.#isSplit) {
      return ['{', `const ${name} = ${value};`, ...this.#members(name, steps, base), '}'];
    }
    const isElement = base !== '0';
    const body = this.#members('record', steps, base);
    this.functions.push(
      `function ${name}(record${isElement ? ', base' : ''}) {`,
      'let size = 0;',
      ...body,
      'return size;',
      '}',
    );
    return emitSizeAddition(`${name}(${value}${isElement ? ', base' : ''})`);
  }

  #members(record: string, steps: readonly WriteStep[], base: string): readonly string[] {
    const values = steps.map((step) => {
      this.#names += 1;
      return { step, value: `v${this.#names}` };
    });
    return [
      `if (typeof ${record} !== 'object' || ${record} === null) return -1;`,
      ...values.map(
        ({ step, value }) => `const ${value} = ${record}[${JSON.stringify(step.name)}];`,
      ),
      `if (${record} !== absent && getPrototypeOf(${record}) !== plain) return -1;`,
      ...values.flatMap(({ step, value }) => [
        `if (${value} === undefined || ${value} === null) {`,
        ...this.#absent(step, base, true),
        '} else {',
        ...this.value(step, value, base),
        '}',
      ]),
    ];
  }

  #absent(step: WriteStep, base: string, isAsked: boolean): readonly string[] {
    const missing =
      !isAsked || !step.required
        ? []
        : step.isTime
          ? ['if (!hasInstant) return -1;']
          : ['return -1;'];
    if (missing[0] === 'return -1;') return missing;
    return [
      ...missing,
      ...(step.cell < 0 ? [] : [`cells.mark(${formatPlace(base, step)}, ${cellMarks.absent});`]),
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${JSON.stringify(step.default)};`]),
      ...step.members.flatMap((member) => this.#absent(member, base, false)),
    ];
  }

  value(step: WriteStep, value: string, base: string): readonly string[] {
    switch (step.op) {
      case op.text:
        return this.#text(step, value, base);
      case op.number:
        return this.#number(step, value, base);
      case op.bool:
        return [
          `if (typeof ${value} !== 'boolean') return -1;`,
          ...this.#store(step, value, `${value} ? 1 : 0`, base),
        ];
      case op.timestamp:
        return this.#timestamp(step, value, base);
      case op.choice:
        return this.#choice(step, value, base);
      case op.record:
        return [
          ...this.record('record', step.members, value, base),
          ...(step.cell < 0 ? [] : [`cells.mark(${formatPlace(base, step)}, ${step.mark});`]),
        ];
      case op.map:
        return this.#map(step, value, base);
      default:
        return this.#collection(step, value, base);
    }
  }

  #text(step: WriteStep, value: string, base: string): readonly string[] {
    const maxText = getMaxStringLength(this.#encoding);
    return [
      `if (typeof ${value} !== 'string' || ${value}.length > ${maxText}) return -1;`,
      `size += ${value}.length * ${bytesOfCharacter};`,
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
      step.cell < 0
        ? `if (!${value}.isWellFormed()) return -1;`
        : `if (!cells.text(${formatPlace(base, step)}, ${value}, ${step.mark})) return -1;`,
    ];
  }

  #number(step: WriteStep, value: string, base: string): readonly string[] {
    const scaled = step.scale === 1 ? value : `Math.round(${value} * ${step.scale})`;
    const exact =
      step.scale === 1
        ? `!Number.isSafeInteger(${value})`
        : `n / ${step.scale} !== ${value} || n > ${step.exact} || n < -${step.exact}`;
    return [
      '{',
      `if (typeof ${value} !== 'number') return -1;`,
      `const n = ${scaled};`,
      `if (${exact}) return -1;`,
      ...this.#within(step, 'n', base),
      '}',
    ];
  }

  /** A value outside its range is unknown. */
  #within(step: WriteStep, value: string, base: string): readonly string[] {
    const tests = [
      ...(step.least > -step.exact ? [`${value} < ${step.least}`] : []),
      ...(step.most < step.exact ? [`${value} > ${step.most}`] : []),
    ];
    const store = this.#store(step, value, value, base);
    if (tests.length === 0) return store;
    return [
      `if (${tests.join(' || ')}) {`,
      ...this.#unknown(step, base),
      '} else {',
      ...store,
      '}',
    ];
  }

  #unknown(step: WriteStep, base: string): readonly string[] {
    return [
      ...(step.isElement ? ['isPartial = true;'] : []),
      ...(step.slot < 0 ? [] : [`s${step.slot} = undefined;`]),
      ...(step.cell < 0 ? [] : [`cells.mark(${formatPlace(base, step)}, ${cellMarks.present});`]),
    ];
  }

  #store(step: WriteStep, held: string, integer: string, base: string): readonly string[] {
    return [
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${held};`]),
      ...(step.cell < 0 ? [] : [`cells.integer(${formatPlace(base, step)}, ${integer});`]),
    ];
  }

  #timestamp(step: WriteStep, value: string, base: string): readonly string[] {
    const maxText = getMaxStringLength(this.#encoding);
    const isUnsupported = !step.takesText
      ? ['return -1;']
      : [
          `if (typeof ${value} !== 'string' || ${value}.length > ${maxText}) return -1;`,
          `size += ${value}.length * ${bytesOfCharacter};`,
          `if (!cells.text(${formatPlace(base, step)}, ${value}, ${cellMarks.unread})) return -1;`,
        ];
    return [
      '{',
      `const t = instantOf(${value});`,
      `if (Number.isNaN(t)) {`,
      ...isUnsupported,
      '} else {',
      ...this.#within(step, 't', base),
      '}',
      '}',
    ];
  }

  #choice(step: WriteStep, value: string, base: string): readonly string[] {
    const names = [...step.places];
    let index: string;
    if (names.length <= maxCompared) {
      index = names.map(([name, at]) => `${value} === ${JSON.stringify(name)} ? ${at} : `).join('');
    } else {
      const map = `choices${this.constants.length}`;
      this.constants.push(`const ${map} = new Map(${JSON.stringify(names)});`);
      index = `${map}.has(${value}) ? ${map}.get(${value}) : `;
    }
    const otherwise =
      step.otherwise < 0
        ? this.#unknown(step, base)
        : this.#store(step, `${step.otherwise}`, `${step.otherwise}`, base);
    return [
      '{',
      `if (typeof ${value} !== 'string') return -1;`,
      `size += ${value}.length * ${bytesOfCharacter};`,
      `const c = ${index}-1;`,
      'if (c < 0) {',
      `if (!${value}.isWellFormed()) return -1;`,
      ...otherwise,
      '} else {',
      ...this.#store(step, 'c', 'c', base),
      '}',
      '}',
    ];
  }

  #map(step: WriteStep, value: string, base: string): readonly string[] {
    const [key, held] = step.element?.members ?? [];
    if (key === undefined || held === undefined)
      throw new Error('broken invariant: a map without entries');
    const isWritten = step.cell >= 0;
    const name = `entries${this.#names}`;
    this.#names += 1;
    const entry = isWritten ? 'base' : '0';
    const inner = [...this.value(key, 'name', entry), ...this.value(held, 'value', entry)];
    this.functions.push(
      `function ${name}(map, names${isWritten ? ', base' : ''}) {`,
      'const count = names.length;',
      'let size = 0;',
      'for (let at = 0; at < count; at += 1) {',
      'const name = names[at];',
      'const value = map[name];',
      ...(isWritten ? [`cells.mark(base, ${cellMarks.known});`] : []),
      ...inner,
      ...(isWritten ? [`base += ${step.stride};`] : []),
      '}',
      'return size;',
      '}',
    );
    return [
      '{',
      `if (typeof ${value} !== 'object' || ${value} === null) return -1;`,
      `if (getPrototypeOf(${value}) !== plain) return -1;`,
      `const names = keys(${value});`,
      'const count = names.length;',
      `if (count > ${this.#encoding.limits.elements}) return -1;`,
      `size += count * ${step.elementBytes};`,
      ...(isWritten
        ? [
            `const first = cells.elements(count, ${step.stride});`,
            'if (first < 0) return -1;',
            ...emitSizeAddition(`${name}(${value}, names, first)`),
            `cells.collection(${formatPlace(base, step)}, first, count, ${step.mark});`,
          ]
        : emitSizeAddition(`${name}(${value}, names)`)),
      '}',
    ];
  }

  #collection(step: WriteStep, value: string, base: string): readonly string[] {
    const { element } = step;
    if (element === undefined) throw new Error('broken invariant: a collection without elements');
    const isWritten = step.cell >= 0;
    const name = `elements${this.#names}`;
    this.#names += 1;
    const inner = this.value(element, 'value', isWritten ? 'base' : '0');
    this.functions.push(
      `function ${name}(array${isWritten ? ', base' : ''}) {`,
      'const count = array.length;',
      'let size = 0;',
      'for (let at = 0; at < count; at += 1) {',
      'const value = array[at];',
      ...inner,
      ...(isWritten ? [`base += ${step.stride};`] : []),
      '}',
      'return size;',
      '}',
    );
    const mark = step.isSet ? `(count > 1 ? ${cellMarks.unread} : ${step.mark})` : `${step.mark}`;
    return [
      '{',
      `if (!Array.isArray(${value})) return -1;`,
      `const count = ${value}.length;`,
      `if (count > ${this.#encoding.limits.elements}) return -1;`,
      `size += count * ${step.elementBytes};`,
      ...(isWritten
        ? [
            'const wasPartial = isPartial;',
            'isPartial = false;',
            `const first = cells.elements(count, ${step.stride});`,
            'if (first < 0) return -1;',
            ...emitSizeAddition(`${name}(${value}, first)`),
            `cells.collection(${formatPlace(base, step)}, first, count, isPartial ? ${mark} | ${cellMarks.partial} : ${mark});`,
            'isPartial = wasPartial;',
          ]
        : emitSizeAddition(`${name}(${value})`)),
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
      '}',
    ];
  }
}

/** Adds the result of a function to the size; -1 means that it failed. */
function emitSizeAddition(call: string): readonly string[] {
  return ['{', `const more = ${call};`, 'if (more < 0) return -1;', 'size += more;', '}'];
}

/** The index of a step's cell in words; within an element, relative to the element. */
function formatPlace(base: string, { cell }: WriteStep): string {
  if (base === '0') return `${cell}`;
  return cell === 0 ? base : `${base} + ${cell}`;
}
