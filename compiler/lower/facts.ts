// Assigns an address to each declared member. Members that several shapes declare identically share their
// cells, so that one rule works for all shapes in its scope. A member that some rule reads by several declarations
// has one cell for all of them, and its record one for each member of any of them.

import { describeExpectation, spellJsonPath } from '@nhipol/language';
import {
  collectExprs,
  listContextCases,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
  type Root,
  type Scope,
} from '@nhipol/language/model';
import {
  type CollectionType,
  isCollection,
  isSameMember,
  type Member,
  type RecordType,
  type Type,
} from '@nhipol/language/types';
import { jsonTypes, requestLimits } from '@nhipol/runtime/abi';
import { digestMember } from '@nhipol/runtime/call-digest';
import { cellSize, chooseElementForm, getAddressSize, lowerValue } from '../ir/cells.ts';
import type { IrSignal } from '../ir/history.ts';
import type { IrContext, IrFacts, IrShape } from '../ir/ir.ts';
import type { IrEnum, IrMember, IrReader, IrRecord } from '../ir/records.ts';
import type { IrConst } from '../ir/values.ts';
import { type ElementLayout, findPlace, type MemberPlace } from './place.ts';
import { type PlacedMember, uniteMembers } from './united-members.ts';

/** The names of members that stand for several declarations somewhere, by root. */
function collectUnitedNames(policy: PolicyModel): ReadonlyMap<Root, ReadonlySet<string>> {
  const unitedNames = new Map<Root, Set<string>>();
  const exprs = [...policy.rules.flatMap(listRuleExprs), ...policy.scores.flatMap(listScoreExprs)];
  for (const expr of collectExprs(exprs)) {
    if (expr.kind !== 'Read' || typeof expr.from !== 'string') continue;
    const [first] = expr.members;
    if (first?.shares === undefined) continue;
    unitedNames.set(expr.from, (unitedNames.get(expr.from) ?? new Set()).add(first.name));
  }
  return unitedNames;
}

/** The payload of a signal is not part of a request, and has cells of its own. */
export type SignalRoot = `signal ${string}`;

const anyScope: Scope = { subjects: undefined, actions: undefined, resources: undefined };

export class FactsLayout {
  readonly #paths: { path: string; expected: string }[] = [];
  readonly #pathIds = new Map<string, number>();
  readonly #enums = new Map<Type, IrEnum>();
  readonly #roots = new Map<Root | SignalRoot, MemberPlace[]>();
  readonly #readers = new Map<string, readonly PlacedMember[]>();
  readonly #rootRecords = new Map<Root | SignalRoot, readonly IrRecord[]>();
  /** The names of members that rules read by several declarations. */
  readonly #united: ReadonlyMap<Root, ReadonlySet<string>>;
  readonly #declared = new Map<Root | SignalRoot, readonly RecordType[]>();
  #records = 0;
  #collections = 0;
  #elementBytes = 0;
  #top = 0;
  readonly #facts: Omit<IrFacts, 'size' | 'requestSize' | 'elementBytes' | 'enums'>;
  readonly #requestSize: number;

  constructor(
    policy: PolicyModel,
    selectors: {
      subjects: readonly string[];
      actions: readonly string[];
      resources: readonly string[];
    },
    ids: Readonly<Record<keyof Scope, ReadonlyMap<string, number>>>,
  ) {
    this.#united = collectUnitedNames(policy);
    this.path('$', jsonTypes.object);
    const entityPaths = {
      root: 0,
      subject: this.path('$.subject', jsonTypes.object),
      action: this.path('$.action', jsonTypes.object),
      resource: this.path('$.resource', jsonTypes.object),
    };
    const propertiesPaths = {
      subject: this.path('$.subject.properties', jsonTypes.object),
      action: this.path('$.action.properties', jsonTypes.object),
      resource: this.path('$.resource.properties', jsonTypes.object),
    };
    const own = ['subject.type', 'subject.id', 'action.name', 'resource.type', 'resource.id'];
    const selectorCells = Object.fromEntries(
      own.map((name) => [
        name,
        { offset: this.#cell(), path: this.path(`$.${name}`, jsonTypes.string) },
      ]),
    );
    const shapes = (
      root: Root,
      declared: ReadonlyMap<string, RecordType>,
      others: RecordType | undefined,
      names: readonly string[],
      at: string,
    ) => {
      const all = [...declared.values(), ...(others === undefined ? [] : [others])];
      this.#declared.set(root, all);
      return [
        ...[...declared].map(([name, type]) =>
          this.#shape(root, type, names.indexOf(name) + 1, at),
        ),
        ...(others === undefined ? [] : [this.#shape(root, others, 0, at)]),
      ];
    };
    const subject = shapes(
      'subject',
      policy.subjects,
      policy.anySubject,
      selectors.subjects,
      '$.subject.properties',
    );
    const action = shapes(
      'action',
      policy.actions,
      policy.anyAction,
      selectors.actions,
      '$.action.properties',
    );
    const resource = shapes(
      'resource',
      policy.resources,
      policy.anyResource,
      selectors.resources,
      '$.resource.properties',
    );
    const contextPath = this.path('$.context', jsonTypes.object);
    const context = policy.context && this.#shape('context', policy.context, 0, '$.context');
    const contexts = this.#contexts(policy, ids);
    const inContext = (name: string) =>
      this.#roots.get('context')?.find((place) => place.member.name === name);
    const time = inContext('time');
    const digest = inContext(digestMember);
    this.#facts = {
      subject,
      action,
      resource,
      context,
      contexts,
      selectors: selectorCells,
      entityPaths,
      propertiesPaths,
      contextPath,
      time: time && { offset: time.offset },
      digest: digest && { offset: digest.offset, policy: policy.name },
      hasPartialMembers: this.#united.size > 0,
    };
    this.#requestSize = this.#top;
  }

  /** The cases of a policy with scoped contexts. */
  #contexts(
    policy: PolicyModel,
    ids: Readonly<Record<keyof Scope, ReadonlyMap<string, number>>>,
  ): readonly IrContext[] {
    if (policy.contexts.length === 0) return [];
    return listContextCases(policy, anyScope).flatMap(({ names, type }) => {
      if (type === undefined) return [];
      const findSelectorIds = (key: keyof Scope) =>
        names[key]?.map((name) => ids[key].get(name) ?? 0);
      const scope = {
        subjects: findSelectorIds('subjects'),
        actions: findSelectorIds('actions'),
        resources: findSelectorIds('resources'),
      };
      return [{ scope, record: this.#shape('context', type, 0, '$.context').record }];
    });
  }

  /** The facts that are laid out so far. */
  get facts(): IrFacts {
    return {
      ...this.#facts,
      size: this.#top,
      requestSize: this.#requestSize,
      enums: [...this.#enums.values()],
      elementBytes: this.#elementBytes,
    };
  }

  get paths(): readonly { readonly path: string; readonly expected: string }[] {
    return this.#paths;
  }

  path(path: string, expected: string): number {
    const key = `${path} ${expected}`;
    const existingId = this.#pathIds.get(key);
    if (existingId !== undefined) return existingId;
    const id = this.#paths.length;
    this.#pathIds.set(key, id);
    this.#paths.push({ path, expected });
    return id;
  }

  /** The address of a direct member of a root. */
  find(root: Root | SignalRoot, member: Member): MemberPlace {
    const places = this.#roots.get(root) ?? [];
    const place = this.#isUnited(root, member)
      ? findPlace(places, member)
      : places.find((candidate) => isSameMember(candidate.member, member));
    if (place === undefined)
      throw new Error(`broken invariant: ${root}.${member.name} has no address`);
    return place;
  }

  /** The cells of history terms; they come last. */
  history(policy: PolicyModel): {
    readonly effect: number;
    readonly time: number;
    readonly signals: readonly IrSignal[];
  } {
    const signals = [...policy.signals].map(([name, type]): IrSignal => {
      const { record } = this.#shape(`signal ${name}`, type, 0, '$');
      const isOutcome = policy.outcomes.has(name);
      return { name, record, path: this.path('$', jsonTypes.object), isOutcome };
    });
    const [effect, time] = [this.cell(), this.cell()];
    return { effect, time, signals };
  }

  /** Reserves a cell that no request fills. */
  cell(): number {
    return this.#cell();
  }

  #cell(): number {
    const at = this.#top;
    this.#top += cellSize;
    return at;
  }

  /**
   * The record of a root has no cell of its own, and its members can be anywhere: types with identical
   * declarations share them.
   */
  #shape(root: Root | SignalRoot, type: RecordType, selector: number, at: string): IrShape {
    const places = this.#roots.get(root) ?? [];
    this.#roots.set(root, places);
    const members = [...type.members.values()].map((member) => {
      const path = spellJsonPath(at, member.name);
      if (this.#isUnited(root, member)) this.#unite(root, path, member.name, places);
      const existingMember = this.#readers
        .get(path)
        ?.find((placedMember) => isSameMember(placedMember.member, member));
      const placed = existingMember ?? this.#makeShared(path, member);
      // Signals with equal members share them, too.
      if (!places.includes(placed.place)) places.push(placed.place);
      return placed.ir;
    });
    const records = this.#rootRecords.get(root) ?? [];
    const isSame = (record: IrRecord) =>
      record.members.length === members.length &&
      record.members.every((member, index) => member === members[index]);
    const existingRecord = records.find(isSame);
    if (existingRecord !== undefined) return { selector, record: existingRecord };
    const record = { id: this.#recordId(), size: 0, members };
    this.#rootRecords.set(root, [...records, record]);
    return { selector, record };
  }

  #isUnited(root: Root | SignalRoot, { name }: Member): boolean {
    return this.#united.get(root as Root)?.has(name) === true;
  }

  /** Lays out all declarations of a name at once. */
  #unite(root: Root | SignalRoot, path: string, name: string, places: MemberPlace[]): void {
    if (this.#readers.has(path)) return;
    const declared = (this.#declared.get(root) ?? [])
      .flatMap(({ members }) => members.get(name) ?? [])
      .filter(
        (member, index, all) => all.findIndex((each) => isSameMember(each, member)) === index,
      );
    const { placed, size } = uniteMembers(declared, path, this.#top, {
      member: (member, at, offset) => this.#member(member, at, offset, 1),
      record: (recordSize, members) => ({ id: this.#recordId(), size: recordSize, members }),
      objectPath: (at) => this.path(at, jsonTypes.object),
    });
    this.#top += size;
    this.#readers.set(path, placed);
    places.push(...new Set(placed.map(({ place }) => place)));
  }

  #recordId(): number {
    const id = this.#records;
    this.#records += 1;
    return id;
  }

  #makeShared(path: string, member: Member): PlacedMember {
    const start = this.#top;
    const { ir, place, size } = this.#member(member, path, start, 1);
    this.#top = start + size;
    const made = { member, ir, place };
    this.#readers.set(path, [...(this.#readers.get(path) ?? []), made]);
    return made;
  }

  /**
   * `offset`: the offset of its cell; `copies`: the maximum number of copies of the structure around it.
   */
  #member(
    member: Member,
    path: string,
    offset: number,
    copies: number,
  ): { ir: IrMember; place: MemberPlace; size: number } {
    const { type } = member;
    let size = cellSize;
    let reader: IrReader;
    let places: readonly MemberPlace[] = [];
    let elements: ElementLayout | undefined;
    if (type.kind === 'Record') {
      const record = this.#record(type, path, offset, copies);
      reader = { kind: 'record', record: record.ir };
      places = record.places;
      size = record.ir.size;
    } else if (isCollection(type)) {
      ({ reader, elements } = this.#collection(type, path, copies));
    } else reader = this.#scalar(type, copies);
    const ir: IrMember = {
      name: member.name,
      offset,
      reader,
      path: this.path(path, describeExpectation(type)),
      required: !member.optional && member.default === undefined,
      default:
        member.default === undefined
          ? undefined
          : (lowerValue(type, member.default) satisfies IrConst),
    };
    return { ir, place: { member, offset, places, elements }, size };
  }

  #record(
    type: RecordType,
    path: string,
    offset: number,
    copies: number,
    pathTo = (member: Member) => spellJsonPath(path, member.name),
  ): { ir: IrRecord; places: readonly MemberPlace[] } {
    let at = offset + cellSize;
    const members: IrMember[] = [];
    const places: MemberPlace[] = [];
    for (const member of type.members.values()) {
      const made = this.#member(member, pathTo(member), at, copies);
      members.push({ ...made.ir, offset: made.ir.offset - offset });
      places.push(made.place);
      at += made.size;
    }
    return { ir: { id: this.#recordId(), size: at - offset, members }, places };
  }

  #collection(
    type: CollectionType,
    path: string,
    copies: number,
  ): { reader: IrReader; elements: ElementLayout } {
    const { element } = type;
    const isMap = type.kind === 'Map';
    const elementPath = isMap ? path : `${path}[]`;
    // The key of an entry is not part of a path.
    const pathTo = isMap ? () => `${path}[*]` : undefined;
    const all = copies * requestLimits.elements;
    let elements: ElementLayout = {
      stride: cellSize,
      places: [],
      record: undefined,
      elements: undefined,
    };
    let reader: IrReader;
    if (element.kind === 'Record') {
      const { ir: record, places } = this.#record(element, elementPath, 0, all, pathTo);
      reader = { kind: 'record', record };
      elements = { ...elements, stride: record.size, places, record };
    } else if (isCollection(element)) {
      const inner = this.#collection(element, elementPath, all);
      reader = inner.reader;
      elements = { ...elements, elements: inner.elements };
    } else reader = this.#scalar(element, all);
    const { stride } = elements;
    this.#elementBytes += all * stride;
    const id = this.#collections;
    this.#collections += 1;
    const collection: IrReader = {
      kind: 'collection',
      id,
      element: reader,
      stride,
      elementPath: this.path(elementPath, describeExpectation(element)),
      distinct: type.kind === 'Set' ? chooseElementForm(element) : undefined,
      isMap,
    };
    return { reader: collection, elements };
  }

  #scalar(type: Type, copies: number): IrReader {
    this.#elementBytes += copies * getAddressSize(type);
    if (type.kind === 'Enum') {
      const existingEnum = this.#enums.get(type);
      const made = existingEnum ?? {
        id: this.#enums.size,
        members: type.members,
        otherwise: type.otherwise,
      };
      this.#enums.set(type, made);
      return { kind: 'enum', id: made.id };
    }
    const functions: Readonly<Record<string, string>> = {
      Bool: 'readBool',
      Int: 'readInt',
      Decimal: 'readDecimal',
      String: 'readString',
      Duration: 'readDuration',
      SpiffeId: 'readSpiffe',
      Ip: 'readIp',
      Cidr: 'readCidr',
      Timestamp:
        type.kind === 'Timestamp' && type.inSeconds ? 'readTimestampSeconds' : 'readTimestamp',
    };
    const reader = functions[type.kind] ?? '';
    const range = type.kind === 'Int' || type.kind === 'Decimal' ? type.range : undefined;
    return range === undefined
      ? { kind: 'scalar', function: reader }
      : { kind: 'ranged', function: reader, ...range };
  }
}
