// A request as JavaScript holds it, written to the cells of a module's facts without becoming JSON.
// Only what is usual is written: own members of plain objects, of the types that the policy declares.
// Of anything else `write` gives false, and the request goes the long way, which says what is wrong
// with it. Nothing is kept of a request. Throws only what a getter or a proxy throws.

import { cellMarks, type EncodedEntity, type EncodedPlace, type Encoding } from '../abi.ts';
import { LoadError } from '../load-error.ts';
import type { CellWriter } from './cell-writer.ts';
import { memberAt } from './member-sites.generated.ts';
import { op, ownStep, type Step, stepsOf } from './steps.ts';
import { usualInstant } from './usual-instant.ts';

/** UTF-8 takes at most three bytes for one of UTF-16. */
const mostBytes = 3;
/** A request with more text goes the long way, where bytes are counted. */
const mostCharacters = 100_000;

const { getPrototypeOf } = Reflect;
const plain = Object.prototype;
/** Whatever it has is told of all objects. */
const nothing: Readonly<Record<string, unknown>> = {};

type Selectors = ReadonlyMap<unknown, number>;

/** What is read of the subject, the action or the resource. */
interface Entity {
  readonly choosing: Step;
  readonly id: Step | undefined;
  readonly selectors: Selectors;
  /** By selector. */
  readonly shapes: readonly Shape[];
}

/** undefined: it can't be written. */
type Shape = readonly Step[] | undefined;
type Plain = Readonly<Record<string, unknown>>;

export interface WriterOptions {
  readonly encoding: Encoding;
  readonly selectors: Readonly<Record<'subjects' | 'actions' | 'resources', readonly string[]>>;
  readonly cells: CellWriter;
  readonly isWritten: (place: EncodedPlace) => boolean;
}

export class FactWriter {
  readonly #facts: Encoding['facts'];
  readonly #elements: number;
  readonly #longest: number;
  readonly #cells: CellWriter;
  readonly #subject: Entity;
  readonly #action: Entity;
  readonly #resource: Entity;
  readonly #context: Shape;
  readonly #readsContext: boolean;
  /** What tests look at; undefined is absent. */
  readonly slots: unknown[];
  /** As the module numbers them. */
  subject = 0;
  action = 0;
  resource = 0;
  #characters = 0;
  /** Some element of the collection is unknown. */
  #isPartial = false;
  #hasInstant = false;
  /** Whose members the cells hold. */
  #subjectHeld: Shape;
  #actionHeld: Shape;
  #resourceHeld: Shape;

  constructor({ encoding, selectors, cells, isWritten }: WriterOptions) {
    this.#facts = encoding.facts;
    this.#elements = encoding.limits.elements;
    this.#longest = Math.floor(encoding.limits.text / mostBytes);
    this.#cells = cells;
    this.#subject = entityOf(encoding.subject, 'type', selectors.subjects, isWritten);
    this.#action = entityOf(encoding.action, 'name', selectors.actions, isWritten);
    this.#resource = entityOf(encoding.resource, 'type', selectors.resources, isWritten);
    this.#context =
      encoding.context === undefined ? [] : stepsOf(encoding.context, isWritten, true);
    this.#readsContext = encoding.context !== undefined;
    this.slots = new Array(encoding.slots).fill(undefined);
  }

  /** Something else wrote to the cells. */
  forget(): void {
    this.#subjectHeld = undefined;
  }

  write(request: unknown, hasInstant: boolean): boolean {
    for (const _ in nothing) return false;
    // Each object is looked at in a place of its own, and its prototype after its members: the engine
    // then knows it by its one shape.
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
    this.subject = selectorOf(this.#subject, subjectType);
    this.action = selectorOf(this.#action, name);
    this.resource = selectorOf(this.#resource, resourceType);
    const subjectShape = this.#subject.shapes[this.subject];
    const actionShape = this.#action.shapes[this.action];
    const resourceShape = this.#resource.shapes[this.resource];
    this.#characters = 0;
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
      this.#characters <= mostCharacters
    );
  }

  /** `isListed`: one of the policy's own names, which are all well formed. */
  #own(step: Step | undefined, value: unknown, isListed: boolean): boolean {
    if (step === undefined) return true;
    if (!isListed || step.cell >= 0) return this.#value(step, value, 0);
    if (step.slot >= 0) this.slots[step.slot] = value;
    return true;
  }

  /** Cells of other types' members are not written again, and must not stay. */
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
    this.slots.fill(undefined);
  }

  #properties(shape: Shape, properties: unknown): boolean {
    if (shape === undefined) return false;
    if (properties === undefined || properties === null) return this.#absent(shape);
    return isPlain(properties) && this.#members(shape, properties, 0);
  }

  #members(steps: readonly Step[], record: Plain, base: number): boolean {
    for (let at = 0; at < steps.length; at += 1) {
      const step = steps[at] as Step;
      const value = memberAt(step.site, record, step.name);
      if (!this.#value(step, value, base) && !this.#isAbsent(step, value, base)) return false;
    }
    return true;
  }

  #isAbsent(step: Step, value: unknown, base: number): boolean {
    if (value !== undefined && value !== null) return false;
    return (!step.required || (step.isTime && this.#hasInstant)) && this.#lacks(step, base);
  }

  #absent(steps: readonly Step[]): boolean {
    return steps.every((step) => this.#isAbsent(step, undefined, 0));
  }

  /** Of an absent record no member is missing. */
  #lacks(step: Step, base: number): boolean {
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.absent);
    if (step.slot >= 0) this.slots[step.slot] = step.default;
    for (const member of step.members) this.#lacks(member, base);
    return true;
  }

  /** Short enough to become part of the loops around it, which is most of its speed. */
  #value(step: Step, value: unknown, base: number): boolean {
    let held = value;
    let integer = 0;
    switch (step.op) {
      case op.text:
        if (typeof value !== 'string' || value.length > this.#longest) return false;
        this.#characters += value.length;
        if (step.slot >= 0) this.slots[step.slot] = value;
        if (step.cell < 0) return value.isWellFormed();
        return this.#cells.text(base + step.cell, value, step.mark);
      case op.number:
        if (typeof value !== 'number') return false;
        integer = Math.round(value * step.scale);
        if (integer / step.scale !== value) return false;
        held = integer;
        break;
      case op.bool:
        if (typeof value !== 'boolean') return false;
        integer = value ? 1 : 0;
        break;
      case op.timestamp:
        integer = instantOf(value);
        if (Number.isNaN(integer)) return this.#unusualInstant(step, value, base);
        held = integer;
        break;
      case op.choice:
        if (typeof value !== 'string') return false;
        integer = this.#choice(step, value);
        held = integer;
        break;
      case op.record:
        return this.#record(step, value, base);
      default:
        return this.#collection(step, value, base);
    }
    if (!(Math.abs(integer) <= step.exact)) return false;
    if (integer < step.least || integer > step.most) {
      return this.#unknown(step, base);
    }
    if (step.slot >= 0) this.slots[step.slot] = held;
    if (step.cell >= 0) this.#cells.integer(base + step.cell, integer);
    return true;
  }

  #unknown(step: Step, base: number): boolean {
    if (step.isElement) this.#isPartial = true;
    if (step.slot >= 0) this.slots[step.slot] = undefined;
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.present);
    return true;
  }

  #unusualInstant(step: Step, value: unknown, base: number): boolean {
    if (typeof value !== 'string' || !step.takesText || value.length > this.#longest) return false;
    return this.#cells.text(base + step.cell, value, cellMarks.unread);
  }

  /** -1, which is unknown: there is none; NaN, which is no text's: it is none. */
  #choice({ places, otherwise }: Step, text: string): number {
    const place = places.get(text);
    if (place !== undefined) return place;
    this.#characters += text.length;
    return text.isWellFormed() ? otherwise : Number.NaN;
  }

  #record(step: Step, record: unknown, base: number): boolean {
    if (!isPlain(record)) return false;
    if (step.cell >= 0) this.#cells.mark(base + step.cell, cellMarks.known);
    return this.#members(step.members, record, base);
  }

  #collection(step: Step, value: unknown, base: number): boolean {
    const { element, stride } = step;
    if (!Array.isArray(value) || element === undefined) return false;
    const count = value.length;
    if (count > this.#elements) return false;
    const isWritten = step.cell >= 0;
    const first = isWritten ? this.#cells.elements(count, stride) : 0;
    if (first < 0) return false;
    const wasPartial = this.#isPartial;
    this.#isPartial = false;
    for (let at = 0, place = first; at < count; at += 1, place += stride) {
      if (!this.#value(element, value[at], place)) return false;
    }
    const isPartial = this.#isPartial;
    this.#isPartial = wasPartial;
    if (step.slot >= 0) this.slots[step.slot] = value;
    if (isWritten) {
      // Of several elements some may be the same.
      const mark = step.isSet && count > 1 ? cellMarks.unread : step.mark;
      const part = isPartial ? cellMarks.partial : 0;
      this.#cells.collection(base + step.cell, first, count, mark | part);
    }
    return true;
  }
}

const { getTime } = Date.prototype;

/** NaN where it is not told in the usual way. */
function instantOf(value: unknown): number {
  if (typeof value === 'string') return usualInstant(value);
  return value instanceof Date ? getTime.call(value) : Number.NaN;
}

function entityOf(
  { own, shapes }: EncodedEntity,
  choosing: string,
  names: readonly string[],
  isWritten: WriterOptions['isWritten'],
): Entity {
  const stepAt = (name: string) => {
    const place = own[name];
    return place && ownStep(place, isWritten);
  };
  const chosen = stepAt(choosing);
  if (chosen === undefined) throw new LoadError("the module's encoding is not as its ABI says");
  const steps = new Map(
    shapes.flatMap(({ selectors, members }) => {
      const shape = stepsOf(members, isWritten);
      return selectors.map((selector) => [selector, shape] as const);
    }),
  );
  return {
    choosing: chosen,
    id: stepAt('id'),
    selectors: new Map(names.map((name, at) => [name, at + 1])),
    shapes: ['', ...names].map((_, selector) =>
      steps.has(selector) ? steps.get(selector) : steps.has(0) ? steps.get(0) : anything,
    ),
  };
}

/** Of a type that the policy says nothing of any object will do. */
const anything: readonly Step[] = [];

function selectorOf({ selectors }: Entity, name: unknown): number {
  return selectors.size === 0 ? 0 : (selectors.get(name) ?? 0);
}

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): value is Plain {
  return isRecord(value) && getPrototypeOf(value) === plain;
}
