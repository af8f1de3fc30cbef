// Formats JSON of an answer or a payload on one line for people: names without quotes, long strings
// cut.

import type { JsonValue } from '@nhipol/runtime/abi';
import { isExactDecimal } from '@nhipol/runtime/abi';
import { displayText } from '../support/display.ts';
import { cut } from './literals.ts';

/** Formats a JSON value. */
export function formatInlineJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(formatInlineJson).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null || isExactDecimal(value)) return String(value);
  return formatInlineObject(value as Readonly<Record<string, JsonValue>>);
}

/** Formats a JSON object. */
export function formatInlineObject(members: Readonly<Record<string, JsonValue>>): string {
  const shown = Object.entries(members).map(
    ([name, value]) => `${name}: ${formatInlineJson(value)}`,
  );
  return displayText(`{ ${shown.join(', ')} }`);
}
