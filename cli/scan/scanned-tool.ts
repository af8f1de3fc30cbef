// A tool as its server lists it.

import type { ToolMark } from './marks.ts';

export interface ScannedTool {
  readonly name: string;
  readonly inputSchema: unknown;
  readonly annotations: Readonly<Record<string, unknown>>;
  /** The parts of its description that a reader could miss. */
  readonly marks: readonly ToolMark[];
}
