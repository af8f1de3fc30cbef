// Positions of checked entities as answers and manifests contain them: the same on every machine.

import { type Position, positionAt, positionsIn, type Span } from '../support/source.ts';
import type { Policy } from './model.ts';

export interface Place {
  /** The path relative to the folder of the entry file. */
  readonly file: string;
  /** Line and column count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(policy: Policy, span: Span): Place {
  const source = policy.sources.find(({ path }) => path === span.file);
  return { file: source?.name ?? span.file, ...positionAt(source?.text ?? '', span.start) };
}

/** The source of a span, on one line and without comments. */
export function textOnLine(policy: Policy, { file, start, end }: Span): string {
  const source = policy.sources.find(({ path }) => path === file);
  const text = (source?.text ?? '').slice(start, end);
  return text.replace(/\s*\/\/.*\n/g, ' ').replace(/\s+/g, ' ');
}

/** `placeOf` for many entities: computes the line starts of each file once. */
export function placesIn(policy: Policy): (span: Span) => Place {
  const positions = new Map<string, (offset: number) => Position>();
  const names = new Map(policy.sources.map(({ path, name }) => [path, name]));
  return ({ file, start }) => {
    let positionOf = positions.get(file);
    if (positionOf === undefined) {
      positionOf = positionsIn(policy.sources.find(({ path }) => path === file)?.text ?? '');
      positions.set(file, positionOf);
    }
    return { file: names.get(file) ?? file, ...positionOf(start) };
  };
}
