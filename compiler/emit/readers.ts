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
    this.#entity('subject', ['type', 'id'], this.#facts.subject, 'subject.type');
    this.#entity('action', ['name'], this.#facts.action, 'action.name');
    this.#entity('resource', ['type', 'id'], this.#facts.resource, 'resource.type');
    this.#context();
    this.#root();
    this.#records.defaults();
    return this.#records.lines;
  }

  #add(...lines: readonly string[]): void {
    this.#records.lines.push(...lines);
  }

  #select(root: string, names: readonly string[]): void {
    this.#add(
      `function select${root}(p: usize, n: i32): i32 {`,
      ...emitPlaces(names, 'n', 'p', (index) => `return ${index + 1};`),
      '  return 0;',
      '}',
    );
  }

  /** Properties are read at once where the type is known that says which, else when it is. */
  #entity(
    root: 'subject' | 'action' | 'resource',
    own: readonly string[],
    shapes: readonly IrShape[],
    selector: string,
  ): void {
    const at = this.#facts.propertiesPaths[root];
    for (const { record } of shapes) this.#records.root(record, at, 3);
    const capital = root[0]?.toUpperCase() + root.slice(1);
    const cellOf = (name: string) =>
      `${this.#options.facts + (this.#facts.selectors[`${root}.${name}`]?.offset ?? 0)}`;
    const pathOf = (name: string) => this.#facts.selectors[`${root}.${name}`]?.path ?? 0;
    const chosen = cellOf(selector.split('.')[1] ?? '');
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
            ? [
                `p = readString(p, ${cellOf(own[index] ?? '')}, ${pathOf(own[index] ?? '')}, 3, true);`,
              ]
            : [
                'if (load<u8>(p) == 0x6e) {',
                '  p = skipNull(p);',
                `} else if (load<u8>(${chosen}, 9)) {`,
                '  isThere = true;',
                `  ${select}`,
                `  p = ${root}Properties(p);`,
                '} else {',
                '  isThere = true;',
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

  #context(): void {
    const { context, contextPath } = this.#facts;
    if (context !== undefined) this.#records.root(context.record, contextPath, 2);
  }

  #root(): void {
    const { context } = this.#facts;
    const roots = ['subject', 'action', 'resource'] as const;
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
          if (root !== 'context') return [`p = read${root[0]?.toUpperCase()}${root.slice(1)}(p);`];
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
