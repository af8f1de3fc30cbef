// Emits what the reader of objects in the assembly library needs: the tables of the request itself, its subject,
// action, resource and context, the choice of the properties by their type, and the readers of values.

import type { IrFacts, IrShape } from '../../ir/ir.ts';
import type { IrRecord } from '../../ir/records.ts';
import { cellCode } from '../data/cell-code.ts';
import type { Constants } from '../data/constants.ts';
import { memberKinds, recordTable, type TableMember, valueKinds } from '../data/record-table.ts';
import { emitPlaces } from '../data/string-dispatch.ts';
import { type ReaderOptions, RecordReaders, recordDefaults } from './record-readers.ts';

export interface EmittedReaders {
  readonly lines: readonly string[];
  /** For policy/layout.ts. */
  readonly constants: Constants;
}

export function emitReaders(
  facts: IrFacts,
  selectors: readonly (readonly string[])[],
  options: ReaderOptions,
): EmittedReaders {
  return new RequestReader(facts, options).all(selectors);
}

/** More names than this are looked up by their hash. */
const maxCompared = 16;

const entityRoots = ['subject', 'action', 'resource'] as const;
type EntityRoot = (typeof entityRoots)[number];

const selectorNames = { subject: ['type', 'id'], action: ['name'], resource: ['type', 'id'] };

/** The member that chooses the record of a root's properties. */
const choosers = { subject: 'subject.type', action: 'action.name', resource: 'resource.type' };

class RequestReader {
  readonly #facts: IrFacts;
  readonly #options: ReaderOptions;
  readonly #records: RecordReaders;

  constructor(facts: IrFacts, options: ReaderOptions) {
    this.#facts = facts;
    this.#options = options;
    this.#records = new RecordReaders(facts, options);
  }

  all(selectors: readonly (readonly string[])[]): EmittedReaders {
    for (const { id, members, otherwise } of this.#facts.enums) {
      this.#records.enumeration(id, members, otherwise);
    }
    const [subjects = [], actions = [], resources = []] = selectors;
    this.#select('subject', subjects);
    this.#select('action', actions);
    this.#select('resource', resources);
    const constants = this.#request();
    if (this.#options.patching) this.#signals();
    this.#records.values();
    if (this.#options.patching) this.#records.writers();
    this.#records.defaults();
    return { lines: this.#records.lines, constants };
  }

  #add(...lines: readonly string[]): void {
    this.#records.lines.push(...lines);
  }

  /** Finds the index of the root's name among the listed names. */
  #select(root: EntityRoot, names: readonly string[]): void {
    const [select, choose] = [`select${capitalize(root)}`, `choose${capitalize(root)}`];
    if (names.length === 0) {
      this.#add(`export function ${choose}(): void {}`);
      return;
    }
    const cell = `${this.#options.facts + (this.#facts.selectors[choosers[root]]?.offset ?? 0)}`;
    this.#add(
      `function ${select}(p: usize, n: i32): i32 {`,
      ...(names.length > maxCompared
        ? [`  return findName(${this.#options.data.names(names)}, p, n);`]
        : [...emitPlaces(names, 'n', 'p', (index) => `return ${index + 1};`), '  return 0;']),
      '}',
      `export function ${choose}(): void {`,
      `  if (${cellCode.known(cell)}) setSelector(${entityRoots.indexOf(root)}, ${select}(${cellCode.bytes(cell)}));`,
      '}',
    );
  }

  /** Encodes an `Entity`, which describes the root's own strings and its properties. */
  #entity(root: EntityRoot): readonly number[] {
    const { data, facts } = this.#options;
    const { entityPaths, propertiesPaths, selectors } = this.#facts;
    const selectorMembers = selectorNames[root].map((name): TableMember => {
      const { offset = 0, path = 0 } = selectors[`${root}.${name}`] ?? {};
      const kind = `${root}.${name}` === choosers[root] ? valueKinds[root] : valueKinds.string;
      return { name, kind, path, cell: offset, record: 0, missing: 'fault' };
    });
    const properties: TableMember = {
      name: 'properties',
      kind: memberKinds.properties,
      path: 0,
      cell: 0,
      record: entityRoots.indexOf(root),
      missing: 'fine',
    };
    const records = new Map(
      this.#facts[root].map(({ record }) => [record.id, this.#records.table(record)]),
    );
    const { offset = 0, path = 0 } = selectors[choosers[root]] ?? {};
    return [
      data.raw(recordTable(0, [...selectorMembers, properties])).address,
      facts + offset,
      entityPaths[root],
      propertiesPaths[root],
      data.words([...records.values(), 0]),
      path,
    ];
  }

  /** The table of a root's properties; 0: none. */
  #emitRecordChoice(root: EntityRoot): readonly string[] {
    return [
      `export function ${root}Record(): i32 {`,
      ...listBranches(root, this.#facts[root]).map(
        ({ condition, record }) => `  if (${condition}) return ${this.#records.table(record)};`,
      ),
      '  return 0;',
      '}',
    ];
  }

  /** The table of the context for the types and names of a request. */
  #emitContextChoice(): readonly string[] {
    return [
      'export function contextRecord(): i32 {',
      ...this.#facts.contexts.map(({ scope, record }) => {
        const tests = [
          emitListTest('subjectSelector', scope.subjects),
          emitListTest('actionSelector', scope.actions),
          emitListTest('resourceSelector', scope.resources),
        ].filter((test) => test !== undefined);
        return `  if (${tests.join(' && ') || 'true'}) return ${this.#records.table(record)};`;
      }),
      '  return 0;',
      '}',
    ];
  }

  #request(): Constants {
    const { data, patching } = this.#options;
    const { context, contextPath } = this.#facts;
    const roots = entityRoots.map((name, record): TableMember => {
      return { name, kind: memberKinds.entity, path: 0, cell: 0, record, missing: 'fine' };
    });
    const record = context === undefined ? 0 : this.#records.table(context.record);
    const declared: TableMember = {
      name: 'context',
      kind: memberKinds.context,
      path: contextPath,
      cell: 0,
      record,
      missing: 'fine',
    };
    const members = context === undefined ? roots : [...roots, declared];
    const root = data.raw(recordTable(0, members)).address;
    const entities = data.words(entityRoots.flatMap((name) => this.#entity(name)));
    this.#add(
      patching
        ? "export { clearProperties, clearRoot } from '../sessions/patch';"
        : 'export function clearProperties(root: i32): void {}\nexport function clearRoot(root: i32): void {}',
      ...entityRoots.flatMap((root) => this.#emitRecordChoice(root)),
      ...this.#emitContextChoice(),
    );
    return {
      ROOT_RECORD: ['usize', root],
      CONTEXT_RECORD: ['usize', record],
      CONTEXT_PATH: ['i32', contextPath],
      SCOPED_CONTEXTS: ['bool', this.#facts.contexts.length > 0],
      PARTIAL_MEMBERS: ['bool', this.#facts.hasPartialMembers],
      ENTITIES: ['usize', entities],
      PATCHES: ['bool', patching],
    };
  }

  /** How the payload of each signal is read and which defaults it has, by the index of the signal. */
  #signals(): void {
    const signals = this.#options.signals ?? [];
    const { data, facts } = this.#options;
    this.#add(
      'export function signalRecord(signal: i32): i32 {',
      ...signals.map(
        ({ record }, index) => `  if (signal == ${index}) return ${this.#records.table(record)};`,
      ),
      '  return 0;',
      '}',
      'export function signalPath(signal: i32): i32 {',
      ...signals.map(({ path }, index) => `  if (signal == ${index}) return ${path};`),
      '  return 0;',
      '}',
      'export function isOutcome(signal: i32): bool {',
      ...signals.flatMap(({ isOutcome }, index) =>
        isOutcome ? [`  if (signal == ${index}) return true;`] : [],
      ),
      '  return false;',
      '}',
      'export function fillSignal(signal: i32): void {',
      ...signals.flatMap(({ record }, index) => [
        `  if (signal == ${index}) {`,
        ...recordDefaults(record, `${facts}`, data),
        '  }',
      ]),
      '}',
    );
  }
}

interface Branch {
  readonly condition: string;
  readonly record: IrRecord;
}

/** One test for each record, of the types that have it; the test for all other types is true for the rest. */
function listBranches(root: string, shapes: readonly IrShape[]): readonly Branch[] {
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

/** Whether a selector is one of those that are listed, or `undefined` if any is. */
function emitListTest(selector: string, listed: readonly number[] | undefined): string | undefined {
  return listed && `(${listed.map((each) => `${selector} == ${each}`).join(' || ')})`;
}

function capitalize(root: string): string {
  return `${root[0]?.toUpperCase()}${root.slice(1)}`;
}
