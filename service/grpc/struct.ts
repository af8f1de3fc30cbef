// Objects of JSON as `google.protobuf.Struct`, and back.

import { stringify } from '@nhipol/runtime';
import { isMembers, type Members } from '../json/members.ts';

/** A Struct as the decoder of messages returns it. */
export interface Struct {
  readonly fields?: Readonly<Record<string, Value>>;
}

/** One member is present; none: null. */
interface Value {
  readonly nullValue?: 0;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: Struct;
  readonly listValue?: { readonly values?: readonly Value[] };
}

export function toMembers(struct: Struct | undefined): Members {
  const fields = Object.entries(struct?.fields ?? {});
  return Object.fromEntries(fields.map(([name, value]) => [name, toJson(value)]));
}

function toJson(value: Value): unknown {
  const { numberValue, stringValue, boolValue, structValue, listValue } = value;
  if (structValue) return toMembers(structValue);
  if (listValue) return (listValue.values ?? []).map(toJson);
  return stringValue ?? numberValue ?? boolValue ?? null;
}

/** Numbers that a double does not represent become strings, so that none is rounded. */
export function toStruct(members: Members): Struct {
  const fields = Object.entries(members).filter(([, value]) => value !== undefined);
  return { fields: Object.fromEntries(fields.map(([name, value]) => [name, toValue(value)])) };
}

function toValue(value: unknown): Value {
  if (value === null) return { nullValue: 0 };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  const isPlain = isMembers(value) && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? { structValue: toStruct(value) } : { stringValue: stringify(value) };
}
