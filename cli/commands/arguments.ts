// Parsers of option values. Commander reports an `InvalidArgumentError` as invalid usage.

import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseInstant } from '@nhipol/language/types';
import type { TableFile } from '../io/policies/table-files.ts';

export function parseWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number of at most nine digits.');
  return Number(text);
}

export function parsePositive(text: string): number {
  const number = parseWholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('Expected a number greater than 0.');
  return number;
}

export function parseTableFile(text: string, previous: readonly TableFile[]): readonly TableFile[] {
  const index = text.indexOf('=');
  if (index < 1 || index === text.length - 1)
    throw new InvalidArgumentError('Expected a name and a file, such as limits=limits.json.');
  return [...previous, { name: text.slice(0, index), path: text.slice(index + 1) }];
}

export function parseInstantArgument(text: string): bigint {
  const parsed = parseInstant(text);
  if (parsed === undefined) {
    throw new InvalidArgumentError('Expected an instant, such as 2026-01-31T09:30:00Z.');
  }
  return parsed;
}

export function collectArgument(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, text];
}

export function parsePercent(text: string): number {
  const number = Number(text);
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || number > 100)
    throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return number;
}

export interface FileLine {
  readonly file: string;
  readonly line: number;
}

export function parseLinePlace(text: string): FileLine {
  const [, file, line] = /^(.+):([1-9]\d{0,8})$/.exec(text) ?? [];
  if (file === undefined)
    throw new InvalidArgumentError('Expected a file and a line, such as policy.nhipol:12.');
  return { file, line: Number(line) };
}

/** The option of the commands that use the cache of compiled policies. */
export function createCacheOption() {
  return new Option('--no-cache', 'compile the policy, without reading or writing the cache');
}
