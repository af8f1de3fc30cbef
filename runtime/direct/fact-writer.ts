// The direct encoder: writes a request that is a JavaScript object to the cells of a module's facts, without JSON
// in between. It writes only common forms: own members of plain objects, of the types that the policy declares.
// For anything else `write` returns false, and the request is encoded as JSON, which reports what is wrong with
// it. No reference to a request is retained. Throws only what a getter or a proxy throws.

import {
  cellMarks,
  type EncodedEntity,
  type EncodedPlace,
  type Encoding,
} from '../contract/index.ts';
import { LoadError } from '../module/load-error.ts';
import type { CellWriter } from './cell-writer.ts';
import { parseCommonInstant } from './common-instant.ts';
import { memberAt } from './member-sites.generated.ts';
import {
  bytesOfCharacter,
  countFrameBytes,
  createSelectorStep,
  createWriteSteps,
  getMaxStringLength,
  op,
  shapeBySelector,
  type WriteStep,
} from './steps.ts';
import { TestBits } from './test-bits.ts';
import type { Writer } from './writer.ts';

const { getPrototypeOf } = Reflect;
const plain = Object.prototype;
/** The members that every object inherits. */
const nothing: Readonly<Record<string, unknown>> = {};

type Selectors = ReadonlyMap<unknown, number>;

/** The parts that are read of the subject, the action or the resource. */
interface Entity {
  readonly choosing: WriteStep;
  readonly id: WriteStep | undefined;
  readonly selectors: Selectors;
  /** The shapes, by selector. */
  readonly shapes: readonly Shape[];
}

/** `undefined` for a selector that no request has. */
type Shape = readonly WriteStep[] | undefined;
type Plain = Readonly<Record<string, unknown>>;

export interface WriterOptions {
  readonly encoding: Encoding;
  readonly cells: CellWriter;
  readonly isWritten: (place: EncodedPlace) => boolean;
}

export class FactWriter implements Writer {
  readonly #facts: Encoding['facts'];
  readonly #elements: number;
  readonly #longest: number;
  readonly #most: number;
  /** The maximum length of everything but strings and elements, for any request. */
  readonly #frame: number;
  readonly #cells: CellWriter;
  readonly #subject: Entity;
  readonly #action: Entity;
  readonly #resource: Entity;
  readonly #context: Shape;
  readonly #readsContext: boolean;
  readonly #tests: TestBits;
  /** The values that tests read; undefined is absent. */
  readonly #slots: unknown[];
  subject = 0;
  action = 0;
  resource = 0;
  certain = 0;
  possible = 0;
  /** The maximum length of the request as JSON, in bytes. */
  #size = 0;
  /** An element of the collection is unknown. */
  #isPartial = false;
  #hasInstant = false;
  /** The shapes whose members are in the cells. */
  #subjectHeld: Shape;
  #actionHeld: Shape;
  #resourceHeld: Shape;

  constructor({ encoding, cells, isWritten }: WriterOptions) {
    this.#facts = encoding.facts;
    this.#elements = encoding.limits.elements;
    this.#longest = getMaxStringLength(encoding);
    this.#cells = cells;
    this.#subject = createEntity(encoding.subject, 'type', encoding.selectors.subjects, isWritten);
    this.#action = createEntity(encoding.action, 'name', encoding.selectors.actions, isWritten);
    this.#resource = createEntity(
      encoding.resource,
      'type',
      encoding.selectors.resources,
      isWritten,
    );
    this.#context =
      encoding.context === undefined ? [] : createWriteSteps(encoding.context, isWritten, true);
    this.#readsContext = encoding.context !== undefined;
    this.#most = encoding.room.size;
    this.#frame = countFrameBytes(encoding);
    this.#tests = new TestBits(encoding, cells);
    this.#slots = new Array(encoding.slots).fill(undefined);
  }

  forget(): void {
    this.#subjectHeld = undefined;
  }

  #decideTests(): void {
    this.#tests.write(this.#slots);
    this.certain = this.#tests.certain;
    this.possible = this.#tests.possible;
  }

  write(request: unknown, hasInstant: boolean): boolean {
    const isWritten = this.#write(request, hasInstant);
    if (isWritten) this.#decideTests();
    return isWritten;
  }

  #write(request: unknown, hasInstant: boolean): boolean {
    for (const _ in nothing) return false;
    // Each object is read at its own place in the code, and its prototype after its members, so that the engine
    // specializes both for one shape.
    if (!isRecord(request)) return false;
    const { subject, action, resource, context } = request;
    if (getPrototypeOf(request) !== plain) return false;
    if (!isRecord(subject) || !isRecord(action) || !isRecord(resource)) return false;
    const { type: subjectType, id: subjectId, properties: ofSubject } = subject;
    if (getPrototypeOf(subject) !== plain) return false;
    const { name, properties: ofAction } = action;
    if (getPrototypeOf(action) !== plain) return false;
    const { type: resourceType, id: resourceId, properties: ofResource } = resource;
    if (getPrototypeOf(resource) !== plain) return false;
    this.subject = findSelector(this.#subject, subjectType);
    this.action = findSelector(this.#action, name);
    this.resource = findSelector(this.#resource, resourceType);
    const subjectShape = this.#subject.shapes[this.subject];
    const actionShape = this.#action.shapes[this.action];
    const resourceShape = this.#resource.shapes[this.resource];
    this.#size = this.#frame;
    this.#hasInstant = hasInstant;
    this.#cells.begin();
    this.#expect(subjectShape, actionShape, resourceShape);
    return (
      this.#own(this.#subject.choosing, subjectType, this.subject > 0) &&
      this.#own(this.#subject.id, subjectId, false) &&
      this.#own(this.#action.choosing, name, this.action > 0) &&
      this.#own(this.#resource.choosing, resourceType, this.resource > 0) &&
      this.#own(this.#resource.id, resourceId, false) &&
      this.#properties(subjectShape, ofSubject) &&
      this.#properties(actionShape, ofAction) &&
      this.#properties(resourceShape, ofResource) &&
      (!this.#readsContext || this.#properties(this.#context, context)) &&
      this.#size <= this.#most
    );
  }

  /** `isListed`: one of the policy's own names, all of which are well-formed. */
  #own(step: WriteStep | undefined, value: unknown, isListed: boolean): boolean {
    if (step === undefined) return true;
    if (!isListed || step.cell >= 0) return this.#value(step, value, 0);
    this.#size += (value as string).length * bytesOfCharacter;
    if (step.slot >= 0) this.#slots[step.slot] = value;
    return true;
  }

  /** The cells of other types are not written again, so they must be cleared. */
  #expect(subject: Shape, action: Shape, resource: Shape): void {
    if (
      this.#subjectHeld === subject &&
      this.#actionHeld === action &&
      this.#resourceHeld === resource
    ) {
      return;
    }
    this.#subjectHeld = subject;
    this.#actionHeld = action;
    this.#resourceHeld = resource;
    this.#cells.clear(this.#facts.address, this.#facts.size);
    this.#slots.fill(undefined);
  }

  #properties(shape: Shape, properties: unknown): boolean {
    if (shape === undefined) return false;
    if (properties === undefined || properties === null) return this.#absent(shape);
    return isPlain(properties) && this.#members(shape, properties, 0);
  }

  #members(steps: readonly WriteStep[], record: Plain, base: number): boolean {
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index] as WriteStep;
      const value = memberAt(step.site, record, step.name);
      if (!this.#value(step, value, base) && !this.#isAbsent(step, value, base)) return false;
    }
    return true;
  }

  #isAbsent(step: WriteStep, value: unknown, base: number): boolean {
    if (value !== undefined && value !== null) return false;
    return (!step.required || (step.isTime && this.#hasInstant)) && this.#isMissing(step, base);
  }

  #absent(steps: readonly WriteStep[]): boolean {
    return steps.every((step) => this.#isAbsent(step, undefined, 0));
  }

  /** An absent record has no missing members. */
  #isMissing(step: WriteStep, base: number): boolean {
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.absent);
    if (step.slot >= 0) this.#slots[step.slot] = step.default;
    for (const member of step.members) this.#isMissing(member, base);
    return true;
  }

  /** Strings are the most common case. Short enough to be inlined into the loops that call it. */
  #value(step: WriteStep, value: unknown, base: number): boolean {
    if (step.op !== op.text) return this.#other(step, value, base);
    if (typeof value !== 'string' || value.length > this.#longest) return false;
    this.#size += value.length * bytesOfCharacter;
    if (step.slot >= 0) this.#slots[step.slot] = value;
    return step.cell < 0
      ? value.isWellFormed()
      : this.#cells.text(base + step.cell, value, step.mark);
  }

  #other(step: WriteStep, value: unknown, base: number): boolean {
    switch (step.op) {
      case op.number: {
        if (typeof value !== 'number') return false;
        const scaled = Math.round(value * step.scale);
        return scaled / step.scale === value && this.#number(step, scaled, base);
      }
      case op.bool:
        if (typeof value !== 'boolean') return false;
        if (step.slot >= 0) this.#slots[step.slot] = value;
        if (step.cell >= 0) this.#cells.integer(base + step.cell, value ? 1 : 0);
        return true;
      case op.timestamp: {
        const instant = toInstant(value);
        return Number.isNaN(instant)
          ? this.#unusualInstant(step, value, base)
          : this.#number(step, instant, base);
      }
      case op.choice:
        return typeof value === 'string' && this.#number(step, this.#choice(step, value), base);
      case op.record:
        return this.#record(step, value, base);
      case op.map:
        return this.#map(step, value, base);
      default:
        return this.#collection(step, value, base);
    }
  }

  #number(step: WriteStep, value: number, base: number): boolean {
    if (!(Math.abs(value) <= step.exact)) return false;
    if (value < step.least || value > step.most) return this.#unknown(step, base);
    if (step.slot >= 0) this.#slots[step.slot] = value;
    if (step.cell >= 0) this.#cells.integer(base + step.cell, value);
    return true;
  }

  #unknown(step: WriteStep, base: number): boolean {
    if (step.isElement) this.#isPartial = true;
    if (step.slot >= 0) this.#slots[step.slot] = undefined;
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.present);
    return true;
  }

  #unusualInstant(step: WriteStep, value: unknown, base: number): boolean {
    if (typeof value !== 'string' || !step.takesText || value.length > this.#longest) return false;
    this.#size += value.length * bytesOfCharacter;
    return this.#cells.text(base + step.cell, value, cellMarks.unread);
  }

  /** -1: unknown, since there is no value; NaN, which no string has: not a member. */
  #choice({ places, otherwise }: WriteStep, text: string): number {
    this.#size += text.length * bytesOfCharacter;
    const place = places.get(text);
    if (place !== undefined) return place;
    return text.isWellFormed() ? otherwise : Number.NaN;
  }

  #record(step: WriteStep, record: unknown, base: number): boolean {
    if (!isPlain(record)) return false;
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.known);
    return this.#members(step.members, record, base);
  }

  /** An entry without a value is left out, so a map with one is encoded as JSON. */
  #map(step: WriteStep, value: unknown, base: number): boolean {
    const { element, stride } = step;
    const [key, held] = element?.members ?? [];
    if (!isPlain(value) || key === undefined || held === undefined) return false;
    const names = Object.keys(value);
    const count = names.length;
    if (count > this.#elements) return false;
    this.#size += count * step.elementBytes;
    const isWritten = step.cell >= 0;
    const first = isWritten ? this.#cells.elements(count, stride) : 0;
    if (first < 0) return false;
    for (let index = 0, place = first; index < count; index += 1, place += stride) {
      const name = names[index] as string;
      if (isWritten) this.#cells.mark(place, cellMarks.known);
      if (!this.#value(key, name, place) || !this.#value(held, value[name], place)) return false;
    }
    if (isWritten) this.#cells.collection(base + step.cell, first, count, step.mark);
    return true;
  }

  #collection(step: WriteStep, value: unknown, base: number): boolean {
    const { element, stride } = step;
    if (!Array.isArray(value) || element === undefined) return false;
    const count = value.length;
    if (count > this.#elements) return false;
    this.#size += count * step.elementBytes;
    const isWritten = step.cell >= 0;
    const first = isWritten ? this.#cells.elements(count, stride) : 0;
    if (first < 0) return false;
    const wasPartial = this.#isPartial;
    this.#isPartial = false;
    for (let index = 0, place = first; index < count; index += 1, place += stride) {
      if (!this.#value(element, value[index], place)) return false;
    }
    const isPartial = this.#isPartial;
    this.#isPartial = wasPartial;
    if (step.slot >= 0) this.#slots[step.slot] = value;
    if (isWritten) {
      // Elements of a set may be equal.
      const mark = step.isSet && count > 1 ? cellMarks.unread : step.mark;
      const part = isPartial ? cellMarks.partial : 0;
      this.#cells.collection(base + step.cell, first, count, mark | part);
    }
    return true;
  }
}

const { getTime } = Date.prototype;

/** NaN if it is not in the common form. */
export function toInstant(value: unknown): number {
  if (typeof value === 'string') return parseCommonInstant(value);
  return value instanceof Date ? getTime.call(value) : Number.NaN;
}

function createEntity(
  entity: EncodedEntity,
  choosing: string,
  names: readonly string[],
  isWritten: WriterOptions['isWritten'],
): Entity {
  const findOwnStep = (name: string) => {
    const place = entity.own[name];
    return place && createSelectorStep(place, isWritten);
  };
  const chosen = findOwnStep(choosing);
  if (chosen === undefined)
    throw new LoadError("the module's encoding does not conform to the ABI");
  const steps = entity.shapes.map(({ members }) => createWriteSteps(members, isWritten));
  return {
    choosing: chosen,
    id: findOwnStep('id'),
    selectors: new Map(names.map((name, index) => [name, index + 1])),
    shapes: shapeBySelector(entity, names).map((shape) => steps[shape] ?? anything),
  };
}

/** If the policy declares nothing for a type, any object is accepted. */
const anything: readonly WriteStep[] = [];

function findSelector({ selectors }: Entity, name: unknown): number {
  return selectors.size === 0 ? 0 : (selectors.get(name) ?? 0);
}

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): value is Plain {
  return isRecord(value) && getPrototypeOf(value) === plain;
}
