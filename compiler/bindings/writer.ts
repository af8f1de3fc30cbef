// `makeWriter`: the steps that write a request's facts, and the tests of it, as JavaScript. It does what
// the runtime's own writer does by looking at them one by one.

import {
  cellMarks,
  type EncodedEntity,
  type EncodedPlace,
  type Encoding,
  type Manifest,
} from '@nhipol/runtime/abi';
import {
  bytesOfCharacter,
  frameBytes,
  longestText,
  op,
  ownStep,
  type Step,
  shapeBySelector,
  stepsOf,
} from '@nhipol/runtime/facts/steps';
import { testLines } from './tests.ts';

const roots = ['subject', 'action', 'resource'] as const;
type Root = (typeof roots)[number];

const lists = { subject: 'subjects', action: 'actions', resource: 'resources' } as const;
/** More names than these are found in a Map. */
const mostCompared = 8;

const isWritten = ({ read }: EncodedPlace) => read === 'judging';

export function writerSource(manifest: Manifest, encoding: Encoding): string {
  return new WriterSource(manifest, encoding).all();
}

class WriterSource {
  readonly #manifest: Manifest;
  readonly #encoding: Encoding;
  readonly #constants: string[] = [];
  readonly #functions: string[] = [];
  #names = 0;

  constructor(manifest: Manifest, encoding: Encoding) {
    this.#manifest = manifest;
    this.#encoding = encoding;
  }

  all(): string {
    const { facts, context, slots } = this.#encoding;
    const shapes = Object.fromEntries(
      roots.map((root) => [root, this.#shapes(root, this.#encoding[root])]),
    ) as Record<Root, { readonly index: string; readonly write: string }>;
    const contextWrite =
      context === undefined
        ? undefined
        : this.#record('context', stepsOf(context, isWritten, true), '0');
    const names = Array.from({ length: slots }, (_, slot) => `s${slot}`);
    const body = [
      ...(slots === 0 ? [] : [`let ${names.map((name) => `${name}`).join(', ')};`]),
      'let size = 0;',
      'let hasInstant = false;',
      'let isPartial = false;',
      // None of those that there are.
      'let subjectShape = -2;',
      'let actionShape = -1;',
      'let resourceShape = -1;',
      ...this.#functions,
      'return {',
      ...['subject: 0,', 'action: 0,', 'resource: 0,'],
      'forget() {',
      'subjectShape = -2;',
      '},',
      'write(request, instantIsGiven) {',
      'for (const _ in nothing) return false;',
      "if (typeof request !== 'object' || request === null) return false;",
      'const { subject, action, resource, context } = request;',
      'if (getPrototypeOf(request) !== plain) return false;',
      ...roots.map((root) => `if (typeof ${root} !== 'object' || ${root} === null) return false;`),
      'const { type: subjectType, id: subjectId, properties: ofSubject } = subject;',
      'if (getPrototypeOf(subject) !== plain) return false;',
      'const { name: actionName, properties: ofAction } = action;',
      'if (getPrototypeOf(action) !== plain) return false;',
      'const { type: resourceType, id: resourceId, properties: ofResource } = resource;',
      'if (getPrototypeOf(resource) !== plain) return false;',
      ...roots.map((root) => `const ${root}Selector = ${this.#selector(root)};`),
      ...roots.map((root) => `const ${root}Now = ${shapes[root].index};`),
      `size = ${frameBytes(this.#encoding)};`,
      'hasInstant = instantIsGiven;',
      'cells.begin();',
      'if (subjectNow !== subjectShape || actionNow !== actionShape || resourceNow !== resourceShape) {',
      ...roots.map((root) => `${root}Shape = ${root}Now;`),
      `cells.clear(${facts.address}, ${facts.size});`,
      ...names.map((name) => `${name} = undefined;`),
      '}',
      ...this.#own('subject', 'type', 'subjectType', 'subjectSelector > 0'),
      ...this.#own('subject', 'id', 'subjectId', 'false'),
      ...this.#own('action', 'name', 'actionName', 'actionSelector > 0'),
      ...this.#own('resource', 'type', 'resourceType', 'resourceSelector > 0'),
      ...this.#own('resource', 'id', 'resourceId', 'false'),
      ...roots.map((root) => shapes[root].write),
      ...(contextWrite === undefined
        ? []
        : [`if (!${contextWrite}(context ?? absent)) return false;`]),
      `if (size > ${this.#encoding.room.size}) return false;`,
      ...roots.map((root) => `this.${root} = ${root}Selector;`),
      'return true;',
      '},',
      'decideTests() {',
      ...testLines(this.#encoding),
      '},',
      '};',
    ];
    return indented([
      ...this.#constants,
      'const { getPrototypeOf } = Reflect;',
      'const plain = Object.prototype;',
      '/** Whatever it has is told of all objects. */',
      'const nothing = {};',
      '/** Of this no member is there. */',
      'const absent = Object.freeze({});',
      '',
      'function makeWriter({ cells, instantOf }) {',
      ...body,
      '}',
    ]);
  }

  #selector(root: Root): string {
    const names = this.#manifest.selectors[lists[root]];
    const value = `${root}${root === 'action' ? 'Name' : 'Type'}`;
    if (names.length <= mostCompared) {
      const chain = names.map((name, at) => `${value} === ${JSON.stringify(name)} ? ${at + 1} : `);
      return `${chain.join('')}0`;
    }
    const map = `${root}Selectors`;
    this.#constants.push(
      `const ${map} = new Map(${JSON.stringify(names)}.map((name, at) => [name, at + 1]));`,
    );
    return `${map}.get(${value}) ?? 0`;
  }

  #own(root: Root, name: string, value: string, isListed: string): readonly string[] {
    const place = this.#encoding[root].own[name];
    if (place === undefined) return [];
    const step = ownStep(place, isWritten);
    const held = [
      `size += ${value}.length * ${bytesOfCharacter};`,
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
    ];
    if (isListed === 'false' || step.cell >= 0) return this.#value(step, value, '0');
    return [`if (!(${isListed})) {`, ...this.#value(step, value, '0'), '} else {', ...held, '}'];
  }

  /** Which of the shapes a request is of, and what writes the properties by it. */
  #shapes(root: Root, entity: EncodedEntity) {
    const functions = entity.shapes.map(({ members }) =>
      this.#record(`${root}Properties`, stepsOf(members, isWritten), '0'),
    );
    const bySelector = shapeBySelector(entity, this.#manifest.selectors[lists[root]]);
    const [first] = bySelector;
    const isOne = bySelector.every((shape) => shape === first);
    const table = `${root}Shapes`;
    if (!isOne) this.#constants.push(`const ${table} = ${JSON.stringify(bySelector)};`);
    const properties = `of${root[0]?.toUpperCase()}${root.slice(1)}`;
    const writes = functions.map(
      (name, shape) =>
        `${isOne ? '' : `${root}Now === ${shape} ? `}${name}(${properties} ?? absent)${isOne ? '' : ' : '}`,
    );
    const any = `isAny(${properties})`;
    const needsAny = bySelector.includes(-1);
    if (needsAny) this.#useAny();
    const call = isOne
      ? first === -1
        ? any
        : writes[first ?? 0]
      : `${writes.join('')}${needsAny ? any : 'false'}`;
    return {
      index: isOne ? `${first}` : `${table}[${root}Selector]`,
      write: `if (!(${call})) return false;`,
    };
  }

  #useAny(): void {
    const source =
      "function isAny(value) { return value === undefined || value === null || (typeof value === 'object' && getPrototypeOf(value) === plain); }";
    if (!this.#constants.includes(source)) this.#constants.push(source);
  }

  /** A function from a plain object to whether all of it is written. */
  #record(hint: string, steps: readonly Step[], base: string): string {
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
        ...this.#value(step, value, base),
        '}',
      ]),
      'return true;',
      '}',
    ];
    this.#functions.push(...lines);
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

  #value(step: Step, value: string, base: string): readonly string[] {
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
        const name = this.#record('record', step.members, base);
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
      const map = `choices${this.#constants.length}`;
      this.#constants.push(`const ${map} = new Map(${JSON.stringify(names)});`);
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
    const inner = this.#value(element, 'value', isWritten ? 'base' : '0');
    this.#functions.push(
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

/** Two spaces a level, by the brackets that lines end and begin with. */
function indented(lines: readonly string[]): string {
  let level = 0;
  return lines
    .map((line) => {
      const closes = /^[}\])]/.test(line);
      if (closes) level -= 1;
      const text = line === '' ? '' : `${'  '.repeat(level)}${line}`;
      if (/[{[(]$/.test(line)) level += 1;
      return `${text}\n`;
    })
    .join('');
}
