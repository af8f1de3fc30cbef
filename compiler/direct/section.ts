// Encodes an encoding as the rows of its custom section. `encodingOf` of the host decodes it.

import {
  type EncodedEntity,
  type EncodedMember,
  type EncodedPlace,
  type EncodedValue,
  type Encoding,
  type EncodingSection,
  type EntityRows,
  type MemberRow,
  type OperandRow,
  type PlaceRow,
  placeBits,
  type TestOperand,
  type ValueRow,
} from '@nhipol/runtime/abi';

export function createEncodingSection(encoding: Encoding): EncodingSection {
  return new Rows(encoding).section();
}

class Rows {
  readonly #encoding: Encoding;
  /** The cells by slot. */
  readonly #cells: number[] = [];

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  section(): EncodingSection {
    const {
      selectors,
      facts,
      atoms,
      room,
      subject,
      action,
      resource,
      context,
      contexts,
      tests,
      settled,
      words,
    } = this.#encoding;
    const start = facts.address;
    const places = {
      subject: this.#entity(subject),
      action: this.#entity(action),
      resource: this.#entity(resource),
      ...(context === undefined ? {} : { context: this.#members(context, start) }),
      ...(contexts === undefined
        ? {}
        : {
            contexts: contexts.map((encodedContext) => ({
              ...encodedContext,
              members: this.#members(encodedContext.members, start),
            })),
          }),
    };
    return {
      selectors,
      facts,
      atoms,
      room: room.address,
      ...places,
      tests: tests.map(({ bit, operator, left, right }) => [
        bit,
        operator,
        this.#operand(left),
        this.#operand(right),
      ]),
      ...(settled ? { settled } : {}),
      ...(words === undefined ? {} : { words }),
    };
  }

  #entity({ own, shapes }: EncodedEntity): EntityRows {
    const start = this.#encoding.facts.address;
    const places = Object.entries(own).map(([name, place]) => [name, this.#place(place, start)]);
    return {
      own: Object.fromEntries(places),
      shapes: shapes.map(({ selectors, members }) => ({
        selectors,
        members: this.#members(members, start),
      })),
    };
  }

  /** `start`: the offset that their cells are relative to. */
  #members(members: readonly EncodedMember[], start: number): readonly MemberRow[] {
    return members.map((member) => {
      const { name, value, required = false } = member;
      const [cell, reading] = this.#place(member, start);
      const bits = reading | (required ? placeBits.required : 0);
      const row = [name, this.#value(value, start), cell, bits] as const;
      return member.default === undefined ? row : [...row, member.default];
    });
  }

  #place({ cell, read, slot }: EncodedPlace, start: number): PlaceRow {
    if (slot !== undefined) this.#cells[slot] = cell - start;
    return [cell - start, read === undefined ? 0 : placeBits[read]];
  }

  #value(value: EncodedValue, start: number): ValueRow {
    switch (value.kind) {
      case 'Record':
        return { ...value, members: this.#members(value.members, start) };
      case 'Set':
      case 'List':
      case 'Map':
        return { ...value, element: this.#value(value.element, 0) };
      default:
        value.kind satisfies
          | ('Bool' | 'Int' | 'Decimal' | 'String' | 'Timestamp' | 'Duration')
          | ('SpiffeId' | 'Ip' | 'Cidr' | 'Enum' | 'Seconds');
        return Object.keys(value).length === 1 ? value.kind : value;
    }
  }

  #operand(operand: TestOperand): OperandRow {
    if ('slot' in operand) return this.#cells[operand.slot] ?? 0;
    const { value } = operand;
    return typeof value === 'object' ? value : [value];
  }
}
