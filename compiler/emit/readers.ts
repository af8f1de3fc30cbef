// The request's reader: the request itself, its subject, action, resource and context, each with the
// properties of its type, on top of the readers of records. Reading is strict and fills the cells of
// the facts.

import type { IrFacts, IrShape } from '../ir.ts';
import { emitPlaces } from './places.ts';
import { type ReaderOptions, RecordReaders } from './record-readers.ts';

export function emitReaders(
  facts: IrFacts,
  selectors: readonly (readonly string[])[],
  options: ReaderOptions,
): readonly string[] {
  return new RequestReader(facts, options).all(selectors);
}

/** More names than these are found by their hash. */
const mostCompared = 16;

const entityRoots = ['subject', 'action', 'resource'] as const;
type EntityRoot = (typeof entityRoots)[number];

/** What chooses the record that a root's properties are read as. */
const choosers = { subject: 'subject.type', action: 'action.name', resource: 'resource.type' };

/** Kinds of values in learned shapes, as in the assembly library's shapes.ts. */
const selectorKinds = { subject: 2, action: 3, resource: 4 };

class RequestReader {
  readonly #facts: IrFacts;
  readonly #options: ReaderOptions;
  readonly #records: RecordReaders;

  constructor(facts: IrFacts, options: ReaderOptions) {
    this.#facts = facts;
    this.#options = options;
    this.#records = new RecordReaders(facts, options);
  }

  all(selectors: readonly (readonly string[])[]): readonly string[] {
    for (const { id, members, otherwise } of this.#facts.enums) {
      this.#records.enumeration(id, members, otherwise);
    }
    const [subjects = [], actions = [], resources = []] = selectors;
    this.#select('Subject', subjects);
    this.#select('Action', actions);
    this.#select('Resource', resources);
    this.#entity('subject', ['type', 'id'], this.#facts.subject);
    this.#entity('action', ['name'], this.#facts.action);
    this.#entity('resource', ['type', 'id'], this.#facts.resource);
    this.#context();
    this.#root();
    this.#records.defaults();
    this.#learned();
    return this.#records.lines;
  }

  #add(...lines: readonly string[]): void {
    this.#records.lines.push(...lines);
  }

  #select(root: string, names: readonly string[]): void {
    this.#add(
      `function select${root}(p: usize, n: i32): i32 {`,
      ...(names.length > mostCompared
        ? [`  return nameAt(${this.#options.data.names(names)}, p, n);`]
        : [...emitPlaces(names, 'n', 'p', (index) => `return ${index + 1};`), '  return 0;']),
      '}',
    );
  }

  /** Properties are read at once where the type is known that says which, else when it is. */
  #entity(root: EntityRoot, own: readonly string[], shapes: readonly IrShape[]): void {
    const at = this.#facts.propertiesPaths[root];
    for (const { record } of shapes) this.#records.root(record, at, 3);
    const capital = capitalized(root);
    const cellOf = (name: string) =>
      `${this.#options.facts + (this.#facts.selectors[`${root}.${name}`]?.offset ?? 0)}`;
    const pathOf = (name: string) => this.#facts.selectors[`${root}.${name}`]?.path ?? 0;
    const chosen = cellOf(own[0] ?? '');
    const branches = branchesOf(root, shapes);
    const select = `if (load<u8>(${chosen}, 9)) ${root}Selector = select${capital}(load<u32>(${chosen}), load<i32>(${chosen}, 4));`;
    this.#add(
      `function ${root}Properties(p: usize): usize {`,
      ...branches.map(({ condition, id }) => `  if (${condition}) return readMembers${id}(p);`),
      `  if (load<u8>(p) != 0x7b) recordFault(16, ${at}, kindAt(p), p);`,
      '  return skipValue(p, 3);',
      '}',
      `function ${root}WithoutProperties(close: usize): void {`,
      ...branches.map(({ condition, id }) => `  if (${condition}) return missing${id}(close);`),
      '}',
      `function read${capital}(p: usize): usize {`,
      '  if (load<u8>(p) != 0x7b) {',
      `    if (load<u8>(p) == 0x6e) recordFault(17, ${this.#facts.entityPaths[root]}, 0, p);`,
      `    else recordFault(16, ${this.#facts.entityPaths[root]}, kindAt(p), p);`,
      `    ${root}Faulty();`,
      '    return skipValue(p, 2);',
      '  }',
      '  p = enter(p, 2);',
      '  if (p == 0) return 0;',
      '  let later: usize = 0;',
      '  let isThere = false;',
      ...this.#records.members(
        [...own, 'properties'],
        (index) =>
          index < own.length
            ? this.#own(root, `${root}.${own[index]}`)
            : [
                'if (load<u8>(p) == 0x6e) {',
                '  p = skipNull(p);',
                `} else if (load<u8>(${chosen}, 9)) {`,
                '  isThere = true;',
                `  ${select}`,
                `  p = ${root}Properties(p);`,
                '} else {',
                '  isThere = true;',
                '  stopNoting();',
                '  later = p;',
                '  p = skipValue(p, 3);',
                '}',
              ],
        '3',
      ),
      ...own.map(
        (name) =>
          `  if (load<u8>(${cellOf(name)}, 8) == 0) recordFault(17, ${pathOf(name)}, 0, p);`,
      ),
      `  ${select}`,
      `  if (!isThere) ${root}WithoutProperties(p);`,
      `  else if (later != 0 && ${root}Properties(later) == 0) return 0;`,
      '  return p + 1;',
      '}',
      `function ${root}Faulty(): void {`,
      ...idsOf(shapes).map((id) => `  faulty${id}();`),
      '}',
    );
  }

  /** One of the request's own strings. */
  #own(root: EntityRoot, name: string): readonly string[] {
    const { offset, path } = this.#facts.selectors[name] ?? { offset: 0, path: 0 };
    const cell = `${this.#options.facts + offset}`;
    const kind = selectorKinds[root];
    const note =
      name === choosers[root]
        ? `if (noting) noteValue(${kind}, p, ${cell}, ${path}, 3);`
        : this.#records.note('readString', cell, path, '3');
    return [note, `p = readString(p, ${cell}, ${path}, 3, true);`];
  }

  /**
   * A text along a branch of learned shapes. What chooses the record of a root must choose the same;
   * a null is never a value, for it is told apart by its text.
   */
  #learned(): void {
    const selectors = entityRoots.flatMap((root) => {
      const { offset } = this.#facts.selectors[choosers[root]] ?? { offset: 0 };
      const cell = this.#options.facts + offset;
      return [
        `      case ${selectorKinds[root]}:`,
        `        p = readUsualString(p, ${cell}, pathOf(node), depthOf(node));`,
        `        if (load<u8>(${cell}, 9)) ${root}Selector = select${capitalized(root)}(load<u32>(${cell}), load<i32>(${cell}, 4));`,
        `        if (${root}Record() != outcomeOf(node)) {`,
        '          // It is read once more, and must not lie in the arena twice.',
        `          if (load<u32>(${cell}) >= <u32>ARENA) release(load<u32>(${cell}));`,
        '          p = start;',
        '          node = otherNode(node);',
        '          continue;',
        '        }',
        '        break;',
      ];
    });
    this.#add(
      'function readLearned(node: usize): bool {',
      '  let p = INPUT;',
      '  let string: usize = 0;',
      '  while (node != 0) {',
      '    const length = lengthOf(node);',
      '    if (!hasLiteral(p, node, length)) {',
      '      if (string != 0 && load<u8>(p) != 0x22) {',
      '        p = readWholeString(string);',
      '        if (p == 0) return false;',
      '        string = 0;',
      '      } else {',
      '        node = otherNode(node);',
      '      }',
      '      continue;',
      '    }',
      '    const start = p;',
      '    const kind = kindOf(node);',
      '    p += length;',
      '    if (kind == 1) {',
      '      // Its end is looked at with the literal behind it, which begins with the quote.',
      '      const end = plainEnd(p);',
      '      storeBytes(cellOf(node), p, <i32>(end - p));',
      '      p = end;',
      '      string = node;',
      '      node = nextNode(node);',
      '      continue;',
      '    }',
      '    string = 0;',
      '    if (kind != 0 && load<u8>(p) == 0x6e) {',
      '      p = start;',
      '      node = otherNode(node);',
      '      continue;',
      '    }',
      '    switch (kind) {',
      '      case 0:',
      '        p = skipValue(p, depthOf(node));',
      '        break;',
      '      case 5:',
      '        if (p == textEnd) return true;',
      '        p = start;',
      '        node = otherNode(node);',
      '        continue;',
      '      case 6:',
      '        store<u32>(cellOf(node), 0x101, 8);',
      '        break;',
      ...selectors,
      ...this.#records.learned(),
      '      default:',
      '    }',
      '    if (p == 0) return false;',
      '    node = nextNode(node);',
      '  }',
      '  return false;',
      '}',
      '/** The string of a node, which is long or not plain: the cursor at its closing quote, or 0. */',
      'function readWholeString(node: usize): usize {',
      '  const cell = cellOf(node);',
      '  const p = <usize>load<u32>(cell) - 1;',
      '  const depth = depthOf(node);',
      '  const end = cell == IGNORED ? skipValue(p, depth) : readString(p, cell, pathOf(node), depth, true);',
      '  return end == 0 ? 0 : end - 1;',
      '}',
      ...entityRoots.flatMap((root) => [
        `function ${root}Record(): i32 {`,
        ...branchesOf(root, this.#facts[root]).map(
          ({ condition, id }) => `  if (${condition}) return ${id};`,
        ),
        '  return -1;',
        '}',
      ]),
      'function learnShape(root: i32): void {',
      ...entityRoots.map((root) => `  noteOutcome(${selectorKinds[root]}, ${root}Record());`),
      '  learn(root);',
      '}',
    );
  }

  #context(): void {
    const { context, contextPath } = this.#facts;
    if (context !== undefined) this.#records.root(context.record, contextPath, 2);
  }

  #root(): void {
    const { context } = this.#facts;
    const roots = entityRoots;
    const names = [...roots, ...(context === undefined ? [] : ['context'])];
    const id = context?.record.id;
    this.#add(
      'function readRoot(p: usize): usize {',
      '  if (load<u8>(p) != 0x7b) {',
      '    const kind = kindAt(p);',
      '    if (kind != 0) recordFault(16, 0, kind, p);',
      ...roots.map((root) => `    ${root}Faulty();`),
      ...(context === undefined ? [] : [`    faulty${id}();`]),
      '    return skipValue(p, 1);',
      '  }',
      '  p = enter(p, 1);',
      '  if (p == 0) return 0;',
      ...(context === undefined ? [] : ['  let hasContext = false;']),
      ...this.#records.members(
        names,
        (index) => {
          const root = names[index] ?? '';
          if (root !== 'context') return [`p = read${capitalized(root)}(p);`];
          return [
            'hasContext = load<u8>(p) != 0x6e;',
            `if (hasContext) p = readMembers${id}(p);`,
            'else p = skipNull(p);',
          ];
        },
        '2',
      ),
      ...roots.flatMap((root, index) => [
        `  if (((seen >> ${index}) & 1) == 0) {`,
        `    recordFault(17, ${this.#facts.entityPaths[root]}, 0, p);`,
        `    ${root}Faulty();`,
        '  }',
      ]),
      ...(context === undefined ? [] : [`  if (!hasContext) missing${id}(p);`]),
      '  return p + 1;',
      '}',
    );
  }
}

/** One test for each record, of the types that have it; that of any other type holds of all that are left. */
function branchesOf(
  root: string,
  shapes: readonly IrShape[],
): readonly { readonly condition: string; readonly id: number }[] {
  const others = shapes.find(({ selector }) => selector === 0)?.record.id;
  const listed = idsOf(shapes)
    .filter((id) => id !== others)
    .map((id) => {
      const ofRecord = shapes.filter(({ record }) => record.id === id);
      const tests = ofRecord.map(({ selector }) => `${root}Selector == ${selector}`);
      return { condition: tests.join(' || '), id };
    });
  return others === undefined ? listed : [...listed, { condition: 'true', id: others }];
}

function idsOf(shapes: readonly IrShape[]): readonly number[] {
  return [...new Set(shapes.map(({ record }) => record.id))];
}

function capitalized(root: string): string {
  return `${root[0]?.toUpperCase()}${root.slice(1)}`;
}
