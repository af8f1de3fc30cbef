// Computes upper bounds of what a module takes for any request, however hostile: steps by the length of
// the request, and memory. RATIONALE.md defines a step.

import type { ManifestBounds } from '@nhipol/runtime/abi';
import { requestLimits } from '@nhipol/runtime/abi';
import type { Placement } from '../emit/emit.ts';
import { cellSize } from '../ir/cells.ts';
import type { IrModule } from '../ir/ir.ts';
import { hasDigest, wasmPageBytes } from '../layout/layout.ts';
import type { ResponseRoom } from '../layout/response-room.ts';
import type { Plan, PlannedPossibility } from '../plan/plan.ts';
import { digestSteps } from './call-digest.ts';
import type { BoundParameters } from './expressions.ts';
import { countExplainingSteps, countJudgingSteps, countPreparingSteps } from './judging.ts';
import { countReadingSteps } from './reading.ts';
import { countHeaderSteps, countRespondingSteps } from './responding.ts';
import { boundDefaultsSize } from './size.ts';

/** The lengths of requests for which bounds are reported; the last one is the maximum. */
const lengths = [1024, 8192, requestLimits.bytes] as const;

/** `room`: the memory that responses take. */
export function computeBounds(
  ir: IrModule,
  plan: Plan,
  laid: Placement,
  room: ResponseRoom,
  possibility?: PlannedPossibility,
): ManifestBounds {
  return {
    steps: lengths.map((bytes) => [bytes, ...countSteps(ir, plan, laid, room, bytes)]),
    ...(possibility === undefined
      ? {}
      : { could: lengths.map((bytes) => [bytes, couldSteps(possibility, laid, bytes)] as const) }),
    memory_bytes: laid.pages * wasmPageBytes,
  };
}

/** The steps of `decide`, `again` and `respond` for a request of at most `bytes` bytes. */
function countSteps(
  ir: IrModule,
  plan: Plan,
  { maxRun }: Placement,
  room: ResponseRoom,
  bytes: number,
): readonly [number, number, number] {
  const boundParameters: BoundParameters = { bytes, maxRun, defaults: boundDefaultsSize(ir.facts) };
  const judging = countJudgingSteps(ir, plan, boundParameters) + countHeaderSteps(ir);
  const before =
    countReadingSteps(ir, boundParameters) + countPreparingSteps(plan, boundParameters);
  return [
    ceilSteps(16 + before + judging + (hasDigest(ir) ? digestSteps(bytes) : 0)),
    ceilSteps(8 + judging),
    ceilSteps(
      countExplainingSteps(ir, plan, boundParameters) +
        countRespondingSteps(ir, room, boundParameters),
    ),
  ];
}

/** The steps of `could`: each cell of the facts is opened. */
function couldSteps(
  { ir, plan }: PlannedPossibility,
  { maxRun }: Placement,
  bytes: number,
): number {
  const boundParameters: BoundParameters = { bytes, maxRun, defaults: boundDefaultsSize(ir.facts) };
  const reading = countReadingSteps(ir, boundParameters) + ir.facts.requestSize / cellSize;
  const judging = countJudgingSteps(ir, plan, boundParameters) + countHeaderSteps(ir);
  return ceilSteps(32 + reading + countPreparingSteps(plan, boundParameters) + judging);
}

function ceilSteps(steps: number): number {
  return Math.min(Math.ceil(steps), Number.MAX_SAFE_INTEGER);
}
