// Emits the reader of requests: the tables that the reader of objects needs for the request itself, its
// subject, action, resource and context, each with the properties of its type, and the reader of requests
// with a learned shape.

import type { IrFacts, IrRecord, IrShape } from '../../ir/ir.ts';
import { recordTable, type TableMember } from '../data/record-table.ts';
import { emitPlaces } from '../data/string-dispatch.ts';
import { entityWords, memberKinds, objectReader } from './object-reader.ts';
import { type ReaderOptions, RecordReaders, recordDefaults } from './record-readers.ts';

export function emitReaders(
  facts: IrFacts,
  selectors: readonly (readonly string[])[],
  options: ReaderOptions,
): readonly string[] {
  return new RequestReader(facts, options).all(selectors);
}

/** More names than this are looked up by their hash. */
const maxCompared = 16;

const entityRoots = ['subject', 'action', 'resource'] as const;
type EntityRoot = (typeof entityRoots)[number];

const ownNames = { subject: ['type', 'id'], action: ['name'], resource: ['type', 'id'] };

/** The member that chooses the record of a root's properties. */
const choosers = { subject: 'subject.type', action: 'action.name', resource: 'resource.type' };

/** The kinds of values in learned shapes, as in shapes.ts of the assembly library. */
const stringKind = 1;
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
    this.#select('subject', subjects);
    this.#select('action', actions);
    this.#select('resource', resources);
    this.#request();
    if (this.#options.patching) this.#signals();
    this.#records.values();
    if (this.#options.patching) this.#records.writers();
    this.#records.defaults();
    this.#learned();
    return this.#records.lines;
  }

  #add(...lines: readonly string[]): void {
    this.#records.lines.push(...lines);
  }

  /** Finds the index of the root's name among the listed names. */
  #select(root: EntityRoot, names: readonly string[]): void {
    const [select, choose] = [`select${capitalized(root)}`, `choose${capitalized(root)}`];
    if (names.length === 0) {
      this.#add(`function ${choose}(): void {}`);
      return;
    }
    const cell = this.#options.facts + (this.#facts.selectors[choosers[root]]?.offset ?? 0);
    this.#add(
      `function ${select}(p: usize, n: i32): i32 {`,
      ...(names.length > maxCompared
        ? [`  return nameAt(${this.#options.data.names(names)}, p, n);`]
        : [...emitPlaces(names, 'n', 'p', (index) => `return ${index + 1};`), '  return 0;']),
      '}',
      `function ${choose}(): void {`,
      `  if (load<u8>(${cell}, 9)) setSelector(${entityRoots.indexOf(root)}, ${select}(load<u32>(${cell}), load<i32>(${cell}, 4)));`,
      '}',
    );
  }

  /** The descriptions that the readers of the root's own strings and of its properties use. */
  #entity(root: EntityRoot): readonly number[] {
    const { data, facts } = this.#options;
    const { entityPaths, propertiesPaths, selectors } = this.#facts;
    const own = ownNames[root].map((name): TableMember => {
      const { offset = 0, path = 0 } = selectors[`${root}.${name}`] ?? {};
      const kind = `${root}.${name}` === choosers[root] ? selectorKinds[root] : stringKind;
      return { name, kind, path, cell: offset, record: 0, missing: 'fault' };
    });
    const properties: TableMember = {
      ...{ name: 'properties', kind: memberKinds.properties, path: 0, cell: 0 },
      ...{ record: entityRoots.indexOf(root), missing: 'fine' },
    };
    const records = new Map(
      this.#facts[root].map(({ record }) => [record.id, this.#records.table(record)]),
    );
    return entityWords(
      data.raw(recordTable(0, [...own, properties])).address,
      facts + (selectors[choosers[root]]?.offset ?? 0),
      [entityPaths[root], propertiesPaths[root], selectors[choosers[root]]?.path ?? 0],
      data.words([...records.values(), 0]),
    );
  }

  /** The table of a root's properties; 0: none. */
  #chosen(root: EntityRoot): readonly string[] {
    return [
      `export function ${root}Record(): i32 {`,
      ...branchesOf(root, this.#facts[root]).map(
        ({ condition, record }) => `  if (${condition}) return ${this.#records.table(record)};`,
      ),
      '  return 0;',
      '}',
    ];
  }

  #request(): void {
    const { data, facts } = this.#options;
    const { context, contextPath } = this.#facts;
    const roots = entityRoots.map((name, record): TableMember => {
      return { name, kind: memberKinds.entity, path: 0, cell: 0, record, missing: 'fine' };
    });
    const record = context === undefined ? 0 : this.#records.table(context.record);
    const declared: TableMember = {
      ...{ name: 'context', kind: memberKinds.context, path: contextPath, cell: 0 },
      ...{ record, missing: 'fine' },
    };
    const members = context === undefined ? roots : [...roots, declared];
    this.#add(
      objectReader({
        facts,
        root: data.raw(recordTable(0, members)).address,
        context: context && record,
        contextPath,
        entities: data.words(entityRoots.flatMap((root) => this.#entity(root))),
        patching: this.#options.patching,
      }),
      ...entityRoots.flatMap((root) => this.#chosen(root)),
      `export function contextRecord(): i32 { return ${record}; }`,
      'function choose(root: i32): void {',
      '  if (root == 0) chooseSubject();',
      '  else if (root == 1) chooseAction();',
      '  else chooseResource();',
      '}',
      'function chosenRecord(root: i32): i32 {',
      '  return root == 0 ? subjectRecord() : root == 1 ? actionRecord() : resourceRecord();',
      '}',
    );
  }

  /** How the payload of each signal is read and which defaults it has, by the index of the signal. */
  #signals(): void {
    const signals = this.#options.signals ?? [];
    const { data, facts } = this.#options;
    this.#add(
      'export function signalRecord(signal: i32): i32 {',
      ...signals.map(
        ({ record }, at) => `  if (signal == ${at}) return ${this.#records.table(record)};`,
      ),
      '  return 0;',
      '}',
      'export function signalPath(signal: i32): i32 {',
      ...signals.map(({ path }, at) => `  if (signal == ${at}) return ${path};`),
      '  return 0;',
      '}',
      'export function fillSignal(signal: i32): void {',
      ...signals.flatMap(({ record }, at) => [
        `  if (signal == ${at}) {`,
        ...recordDefaults(record, `${facts}`, data),
        '  }',
      ]),
      '}',
    );
  }

  /**
   * Reads a string along a branch of learned shapes. The string that chooses the record of a root must
   * choose the same record; null is never a value here, because its bytes differ from those of a string.
   */
  #learned(): void {
    this.#add(
      'export function readLearned(node: usize): bool {',
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
      '      // The closing quote is compared with the literal after it, which starts with it.',
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
      '    if (kind == 0) {',
      '      p = skipValue(p, depthOf(node));',
      '    } else if (kind < 5) {',
      '      p = readString(p, cellOf(node), pathOf(node), depthOf(node), true);',
      '      choose(kind - 2);',
      '      if (chosenRecord(kind - 2) != outcomeOf(node)) {',
      '        // It is read again, and must not be in the arena twice.',
      '        const text = load<u32>(cellOf(node));',
      '        if (text >= <u32>ARENA) release(text);',
      '        p = start;',
      '        node = otherNode(node);',
      '        continue;',
      '      }',
      '    } else if (kind == 5) {',
      '      if (p == textEnd) return true;',
      '      p = start;',
      '      node = otherNode(node);',
      '      continue;',
      '    } else if (kind == 6) {',
      '      store<u32>(cellOf(node), 0x101, 8);',
      '    } else {',
      '      p = readValue(p, kind, cellOf(node), pathOf(node), depthOf(node));',
      '    }',
      '    if (p == 0) return false;',
      '    node = nextNode(node);',
      '  }',
      '  return false;',
      '}',
      '/** Reads the string of a node that is long or has escapes: returns the cursor at its closing quote, or 0. */',
      'function readWholeString(node: usize): usize {',
      '  const cell = cellOf(node);',
      '  const p = <usize>load<u32>(cell) - 1;',
      '  const depth = depthOf(node);',
      '  const end = cell == IGNORED ? skipValue(p, depth) : readString(p, cell, pathOf(node), depth, true);',
      '  return end == 0 ? 0 : end - 1;',
      '}',
      'export function learnShape(root: i32): void {',
      '  for (let each = 0; each < 3; each += 1) noteOutcome(each + 2, chosenRecord(each));',
      '  learn(root);',
      '}',
    );
  }
}

interface Branch {
  readonly condition: string;
  readonly record: IrRecord;
}

/** One test for each record, of the types that have it; the test for all other types is true for the rest. */
function branchesOf(root: string, shapes: readonly IrShape[]): readonly Branch[] {
  const others = shapes.find(({ selector }) => selector === 0)?.record;
  const records = new Map(shapes.map(({ record }) => [record.id, record]));
  const listed = [...records.values()]
    .filter((record) => record.id !== others?.id)
    .map((record) => {
      const ofRecord = shapes.filter((shape) => shape.record.id === record.id);
      const tests = ofRecord.map(({ selector }) => `${root}Selector == ${selector}`);
      return { condition: tests.join(' || '), record };
    });
  return others === undefined ? listed : [...listed, { condition: 'true', record: others }];
}

function capitalized(root: string): string {
  return `${root[0]?.toUpperCase()}${root.slice(1)}`;
}
