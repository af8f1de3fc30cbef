// The maximum size of the values of a request: what a request of a given length can contain, within the
// limits of the language.

import { requestLimits } from '@nhipol/runtime/abi';
import { bytesOf } from '../emit/data/static-data.ts';
import { shapesOf } from '../ir/cell-readers.ts';
import type { IrFacts } from '../ir/ir.ts';
import type { IrReader, IrRecord } from '../ir/records.ts';
import type { IrConst, IrScalar } from '../ir/values.ts';

/** An address with its prefix length. */
export const addressBytes = 17;

/** The bytes of a string; the number of elements of a set or list and the bytes of all its strings. */
export interface Size {
  readonly count: number;
  readonly bytes: number;
  /** For the strings of a loop, one per iteration: the longest, where `bytes` is the average. */
  readonly longest?: number;
}

export const nothing: Size = { count: 0, bytes: 0 };

export function larger(a: Size, b: Size): Size {
  const longest = Math.max(maxBytesOf(a), maxBytesOf(b));
  return { count: Math.max(a.count, b.count), bytes: Math.max(a.bytes, b.bytes), longest };
}

export function maxBytesOf({ bytes, longest = bytes }: Size): number {
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

/** A string of the request, or an address, which can take more bytes than its written form. */
export function textOf(requestBytes: number): Size {
  return {
    count: 0,
    bytes: Math.max(Math.min(requestBytes, requestLimits.stringBytes), addressBytes),
  };
}

/** A set or list of the request: an element takes two bytes with the comma. */
export function collectionOf(requestBytes: number): Size {
  const count = Math.min(requestLimits.elements, Math.ceil(requestBytes / 2));
  return { count, bytes: Math.max(requestBytes, count * addressBytes) };
}

/** The values that replace absent members. */
export function defaultsOf(facts: IrFacts): Size {
  const shapes = shapesOf(facts);
  const ofRecord = ({ members }: IrRecord): Size =>
    members
      .map(({ reader, default: value }) => {
        if (reader.kind === 'record') return ofRecord(reader.record);
        const own = value === undefined ? nothing : sizeOfValue(value.value);
        return reader.kind === 'collection' ? larger(own, ofElement(reader.element)) : own;
      })
      .reduce(larger, nothing);
  const ofElement = (reader: IrReader): Size => {
    if (reader.kind === 'record') return ofRecord(reader.record);
    return reader.kind === 'collection' ? ofElement(reader.element) : nothing;
  };
  return shapes.map(({ record }) => ofRecord(record)).reduce(larger, nothing);
}
