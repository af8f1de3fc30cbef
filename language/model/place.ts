// The place of a checked entity, as answers and manifests report it: the same on every machine.

import { createPositionFinder, type Position, type Span } from '../support/source.ts';
import type { PolicyModel } from './model.ts';

type Source = PolicyModel['sources'][number];

/** Finding line breaks takes time in proportion to the source, and an answer has many reasons. */
const positions = new WeakMap<Source, (offset: number) => Position>();

export interface SourcePlace {
  /** The path relative to the folder of the entry file. */
  readonly file: string;
  /** Line and column count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export function findSourcePlace({ sources }: PolicyModel, { file, start }: Span): SourcePlace {
  const source = sources.find(({ path }) => path === file);
  if (source === undefined) return { file, line: 1, column: 1 };
  let findPosition = positions.get(source);
  if (findPosition === undefined) {
    findPosition = createPositionFinder(source.text);
    positions.set(source, findPosition);
  }
  return { file: source.name, ...findPosition(start) };
}

/** Returns the source of a span on one line, without comments. */
export function readLineText(policy: PolicyModel, { file, start, end }: Span): string {
  const source = policy.sources.find(({ path }) => path === file);
  const text = (source?.text ?? '').slice(start, end);
  return text.replace(/\s*\/\/.*\n/g, ' ').replace(/\s+/g, ' ');
}
