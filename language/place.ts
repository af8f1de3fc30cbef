// Where a checked entity stands, as answers and manifests tell it: the same on every machine.

import type { Policy } from './model.ts';
import { positionAt, type Span } from './source.ts';

export interface Place {
  /** From the folder of the policy's entry file. */
  readonly file: string;
  /** Both count from 1; the column counts code points. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(policy: Policy, span: Span): Place {
  const source = policy.sources.find(({ path }) => path === span.file);
  return { file: source?.name ?? span.file, ...positionAt(source?.text ?? '', span.start) };
}
