// The maximum size of the values of a request: what a request of a given length can contain, within the
// limits of the language.

import { requestLimits } from '@nhipol/runtime/abi';
import { encodeBytes } from '../emit/data/static-data.ts';
import { listFactShapes } from '../ir/cell-readers.ts';
import type { IrFacts } from '../ir/ir.ts';
import type { IrReader, IrRecord } from '../ir/records.ts';
import type { IrConst, IrScalar } from '../ir/values.ts';

/** An address with its prefix length. */
export const networkBytes = 17;

/** The bytes of a string; the number of elements of a set or list and the bytes of all its strings. */
export interface Size {
  readonly count: number;
  readonly bytes: number;
  /** For the strings of a loop, one per iteration: the longest, where `bytes` is the average. */
  readonly longest?: number;
}

export const nothing: Size = { count: 0, bytes: 0 };

export function maxSize(a: Size, b: Size): Size {
  const longest = Math.max(findLongestBytes(a), findLongestBytes(b));
  return { count: Math.max(a.count, b.count), bytes: Math.max(a.bytes, b.bytes), longest };
}

export function findLongestBytes({ bytes, longest = bytes }: Size): number {
  return longest;
}

export function measureValue(value: IrConst['value']): Size {
  if (typeof value === 'boolean') return nothing;
  if (Array.isArray(value)) {
    const elements = value as readonly IrScalar[];
    return {
      count: elements.length,
      bytes: elements.reduce((all, one) => all + countScalarBytes(one), 0),
    };
  }
  return { count: 0, bytes: countScalarBytes(value as IrScalar) };
}

function countScalarBytes(value: IrScalar): number {
  return typeof value === 'bigint' ? 0 : encodeBytes(value).length;
}

/** A string of the request, or an address, which can take more bytes than its written form. */
export function boundTextSize(requestBytes: number): Size {
  return {
    count: 0,
    bytes: Math.max(Math.min(requestBytes, requestLimits.stringBytes), networkBytes),
  };
}

/** A set or list of the request: an element takes two bytes with the comma. */
export function boundCollectionSize(requestBytes: number): Size {
  const count = Math.min(requestLimits.elements, Math.ceil(requestBytes / 2));
  return { count, bytes: Math.max(requestBytes, count * networkBytes) };
}

/** The values that replace absent members. */
export function boundDefaultsSize(facts: IrFacts): Size {
  const shapes = listFactShapes(facts);
  const ofRecord = ({ members }: IrRecord): Size =>
    members
      .map(({ reader, default: value }) => {
        if (reader.kind === 'record') return ofRecord(reader.record);
        const own = value === undefined ? nothing : measureValue(value.value);
        return reader.kind === 'collection' ? maxSize(own, ofElement(reader.element)) : own;
      })
      .reduce(maxSize, nothing);
  const ofElement = (reader: IrReader): Size => {
    if (reader.kind === 'record') return ofRecord(reader.record);
    return reader.kind === 'collection' ? ofElement(reader.element) : nothing;
  };
  return shapes.map(({ record }) => ofRecord(record)).reduce(maxSize, nothing);
}
