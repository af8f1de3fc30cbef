// Generates `makeWriter`: the steps that write the facts of a request, and its tests, as JavaScript. It
// does what `FactWriter` does by interpreting the steps. All of its names and values come from the encoding: names, strings
// and defaults are written as JSON, everything else is a number that was checked when the encoding was read.

import type { EncodedEntity, EncodedMember, EncodedPlace, Encoding } from '../../contract/index.ts';
import {
  bytesOfCharacter,
  countFrameBytes,
  createSelectorStep,
  createWriteSteps,
  shapeBySelector,
} from '../steps.ts';
import { MemberSource, maxCompared } from './member-source.ts';
import { emitTests } from './test-source.ts';

const roots = ['subject', 'action', 'resource'] as const;
type Root = (typeof roots)[number];

const lists = { subject: 'subjects', action: 'actions', resource: 'resources' } as const;

const defaultMaxInline = 256;

const isWritten = ({ read }: EncodedPlace) => read === 'judging';

/**
 * Returns the declarations that a writer needs, and `makeWriter`. `mostInline`: if a request has more members than this,
 * each record has its own function, because engines do not optimize long functions.
 */
export function emitWriter(encoding: Encoding, mostInline = defaultMaxInline): string {
  return new WriterSource(encoding, mostInline).all();
}

class WriterSource {
  readonly #encoding: Encoding;
  readonly #isSplit: boolean;
  readonly #members: MemberSource;

  constructor(encoding: Encoding, mostInline: number) {
    this.#encoding = encoding;
    this.#isSplit = countAllMembers(encoding) > mostInline;
    this.#members = new MemberSource(encoding, this.#isSplit);
  }

  all(): string {
    const { facts, context, slots } = this.#encoding;
    const shapes = Object.fromEntries(
      roots.map((root) => [root, this.#shapes(root, this.#encoding[root])]),
    ) as Record<Root, { readonly index: string; readonly write: readonly string[] }>;
    const contextWrite =
      context === undefined
        ? []
        : this.#members.record(
            'context',
            createWriteSteps(context, isWritten, true),
            '(context ?? absent)',
            '0',
          );
    const names = Array.from({ length: slots }, (_, slot) => `s${slot}`);
    const declared = slots === 0 ? [] : [`let ${names.join(', ')};`];
    const body = [
      ...(this.#isSplit ? declared : []),
      'let hasInstant = false;',
      'let isPartial = false;',
      // Differs from every shape index.
      'let subjectShape = -2;',
      'let actionShape = -1;',
      'let resourceShape = -1;',
      ...this.#members.functions,
      'return {',
      'subject: 0,',
      'action: 0,',
      'resource: 0,',
      'certain: 0,',
      'possible: 0,',
      'forget() {',
      'subjectShape = -2;',
      '},',
      'write(request, instantIsGiven) {',
      'const taken = this.taken(request, instantIsGiven);',
      `return taken >= 0 && taken <= ${this.#encoding.room.size};`,
      '},',
      '/** The maximum length in bytes of JSON; -1: a value needs the general path. */',
      'taken(request, instantIsGiven) {',
      ...(this.#isSplit ? [] : declared),
      'for (const _ in nothing) return -1;',
      "if (typeof request !== 'object' || request === null) return -1;",
      'const { subject, action, resource, context } = request;',
      'if (getPrototypeOf(request) !== plain) return -1;',
      ...roots.map((root) => `if (typeof ${root} !== 'object' || ${root} === null) return -1;`),
      'const { type: subjectType, id: subjectId, properties: ofSubject } = subject;',
      'if (getPrototypeOf(subject) !== plain) return -1;',
      'const { name: actionName, properties: ofAction } = action;',
      'if (getPrototypeOf(action) !== plain) return -1;',
      'const { type: resourceType, id: resourceId, properties: ofResource } = resource;',
      'if (getPrototypeOf(resource) !== plain) return -1;',
      ...roots.map((root) => `const ${root}Selector = ${this.#selector(root)};`),
      ...roots.map((root) => `const ${root}Now = ${shapes[root].index};`),
      `let size = ${countFrameBytes(this.#encoding)};`,
      'hasInstant = instantIsGiven;',
      'cells.begin();',
      'if (subjectNow !== subjectShape || actionNow !== actionShape || resourceNow !== resourceShape) {',
      ...roots.map((root) => `${root}Shape = ${root}Now;`),
      `cells.clear(${facts.address}, ${facts.size});`,
      ...(this.#isSplit ? names.map((name) => `${name} = undefined;`) : []),
      '}',
      ...this.#own('subject', 'type', 'subjectType', 'subjectSelector > 0'),
      ...this.#own('subject', 'id', 'subjectId', 'false'),
      ...this.#own('action', 'name', 'actionName', 'actionSelector > 0'),
      ...this.#own('resource', 'type', 'resourceType', 'resourceSelector > 0'),
      ...this.#own('resource', 'id', 'resourceId', 'false'),
      ...roots.flatMap((root) => shapes[root].write),
      ...contextWrite,
      ...roots.map((root) => `this.${root} = ${root}Selector;`),
      ...emitTests(this.#encoding),
      'return size;',
      '},',
      '};',
    ];
    return indentLines([
      ...this.#members.constants,
      'const { getPrototypeOf } = Reflect;',
      'const { keys } = Object;',
      'const plain = Object.prototype;',
      '/** Enumerates a member only if `Object.prototype` has one. */',
      'const nothing = {};',
      '/** None of the members is present. */',
      'const absent = Object.freeze({});',
      '',
      'function makeWriter({ cells, instantOf }) {',
      ...body,
      '}',
    ]);
  }

  #selector(root: Root): string {
    const names = this.#encoding.selectors[lists[root]];
    const value = `${root}${root === 'action' ? 'Name' : 'Type'}`;
    if (names.length <= maxCompared) {
      const chain = names.map(
        (name, index) => `${value} === ${JSON.stringify(name)} ? ${index + 1} : `,
      );
      return `${chain.join('')}0`;
    }
    const map = `${root}Selectors`;
    this.#members.constants.push(
      `const ${map} = new Map(${JSON.stringify(names)}.map((name, at) => [name, at + 1]));`,
    );
    return `${map}.get(${value}) ?? 0`;
  }

  #own(root: Root, name: string, value: string, isListed: string): readonly string[] {
    const place = this.#encoding[root].own[name];
    if (place === undefined) return [];
    const step = createSelectorStep(place, isWritten);
    const held = [
      `size += ${value}.length * ${bytesOfCharacter};`,
      ...(step.slot < 0 ? [] : [`s${step.slot} = ${value};`]),
    ];
    if (isListed === 'false' || step.cell >= 0) return this.#members.value(step, value, '0');
    return [
      `if (!(${isListed})) {`,
      ...this.#members.value(step, value, '0'),
      '} else {',
      ...held,
      '}',
    ];
  }

  /** Finds the shape of a request, and the function that writes the properties of this shape. */
  #shapes(root: Root, entity: EncodedEntity) {
    const properties = `of${root[0]?.toUpperCase()}${root.slice(1)}`;
    const writes = entity.shapes.map(({ members }) =>
      this.#members.record(
        `${root}Properties`,
        createWriteSteps(members, isWritten),
        `(${properties} ?? absent)`,
        '0',
      ),
    );
    const bySelector = shapeBySelector(entity, this.#encoding.selectors[lists[root]]);
    const [first = -1] = bySelector;
    const isOne = bySelector.every((shape) => shape === first);
    if (isOne) return { index: `${first}`, write: writes[first] ?? this.#any(properties) };
    const table = `${root}Shapes`;
    this.#members.constants.push(`const ${table} = ${JSON.stringify(bySelector)};`);
    const others = bySelector.includes(-1) ? this.#any(properties) : ['return -1;'];
    return {
      index: `${table}[${root}Selector]`,
      write: [
        ...writes.flatMap((lines, shape) => [
          `${shape === 0 ? '' : '} else '}if (${root}Now === ${shape}) {`,
          ...lines,
        ]),
        '} else {',
        ...others,
        '}',
      ],
    };
  }

  /** If the policy declares no properties, every object is accepted. */
  #any(properties: string): readonly string[] {
    const source =
      "function isAny(value) { return value === undefined || value === null || (typeof value === 'object' && getPrototypeOf(value) === plain); }";
    if (!this.#members.constants.includes(source)) this.#members.constants.push(source);
    return [`if (!isAny(${properties})) return -1;`];
  }
}

function countAllMembers({ subject, action, resource, context }: Encoding): number {
  const shapes = [subject, action, resource].flatMap((entity) => entity.shapes);
  return [...shapes.map(({ members }) => members), context ?? []].reduce(
    (all, members) => all + countMembers(members),
    0,
  );
}

function countMembers(members: readonly EncodedMember[]): number {
  return members.reduce(
    (all, { value }) => all + 1 + (value.kind === 'Record' ? countMembers(value.members) : 0),
    0,
  );
}

/** Indents by two spaces per level, by the brackets at the ends and starts of lines. */
function indentLines(lines: readonly string[]): string {
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
