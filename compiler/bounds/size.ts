// How large the values of a request can be: what a request of so many bytes can hold, cut off by the
// limits of the language.

import { requestLimits } from '@nhipol/runtime/abi';
import { bytesOf } from '../emit/data/static-data.ts';
import type { IrConst, IrFacts, IrRecord, IrScalar } from '../ir/ir.ts';

/** An address, with the length of a network. */
export const addressBytes = 17;

/** Of a text its bytes; of a set or list its elements, and the bytes of all their texts. */
export interface Size {
  readonly count: number;
  readonly bytes: number;
  /** Of the texts of a loop, one each turn, the longest, where `bytes` is what they have on average. */
  readonly longest?: number;
}

export const nothing: Size = { count: 0, bytes: 0 };

export function larger(a: Size, b: Size): Size {
  const longest = Math.max(longestOf(a), longestOf(b));
  return { count: Math.max(a.count, b.count), bytes: Math.max(a.bytes, b.bytes), longest };
}

export function longestOf({ bytes, longest = bytes }: Size): number {
  return longest;
}

export function sizeOfValue(value: IrConst['value']): Size {
  if (typeof value === 'boolean') return nothing;
  if (Array.isArray(value)) {
    const elements = value as readonly IrScalar[];
    return { count: elements.length, bytes: elements.reduce((all, one) => all + bytesIn(one), 0) };
  }
  return { count: 0, bytes: bytesIn(value as IrScalar) };
}

function bytesIn(value: IrScalar): number {
  return typeof value === 'bigint' ? 0 : bytesOf(value).length;
}

/** A text of the request, or an address, which takes more bytes than it may be written with. */
export function textOf(requestBytes: number): Size {
  return {
    count: 0,
    bytes: Math.max(Math.min(requestBytes, requestLimits.stringBytes), addressBytes),
  };
}

/** A set or list of the request: an element takes two bytes, with the comma. */
export function collectionOf(requestBytes: number): Size {
  const count = Math.min(requestLimits.elements, Math.ceil(requestBytes / 2));
  return { count, bytes: Math.max(requestBytes, count * addressBytes) };
}

/** What stands in for absent members. */
export function defaultsOf({ subject, action, resource, context }: IrFacts): Size {
  const shapes = [...subject, ...action, ...resource, ...(context === undefined ? [] : [context])];
  const ofRecord = ({ members }: IrRecord): Size =>
    members
      .map(({ reader, default: value }) => {
        if (reader.kind === 'record') return ofRecord(reader.record);
        const own = value === undefined ? nothing : sizeOfValue(value.value);
        return reader.kind === 'collection' && reader.element.kind === 'record'
          ? larger(own, ofRecord(reader.element.record))
          : own;
      })
      .reduce(larger, nothing);
  return shapes.map(({ record }) => ofRecord(record)).reduce(larger, nothing);
}
