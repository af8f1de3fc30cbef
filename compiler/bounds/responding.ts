// Bounds the steps of writing a response: the header, and the text with everything that it contains.

import { requestLimits } from '@nhipol/runtime/abi';
import type { IrModule } from '../ir/ir.ts';
import type { ResponseRoom } from '../layout/response-room.ts';
import type { BoundParameters } from './expressions.ts';

/** A byte of a text is written by a loop of calls; an escape takes no more steps per byte. */
const perByte = 4;
/** The parts of a response, and the calls that write each. */
const fixed = 128;
const wordBits = 64;
/** The room of an element that is sorted. */
const sortedBytes = 64;

/** The steps of the key and the header of an answer. */
export function countHeaderSteps({ reasons }: IrModule): number {
  return 8 + 4 * reasons.length + Math.ceil(reasons.length / wordBits);
}

/** The steps of a response of a policy whose responses take this room, besides the steps of explaining the answer. */
export function countRespondingSteps(
  ir: IrModule,
  room: ResponseRoom,
  boundParameters: BoundParameters,
): number {
  const rules = ir.rules.length + ir.scores.length;
  return (
    fixed +
    countHeaderSteps(ir) +
    perByte * (room.response + room.texts) +
    rules * (4 + room.readWords) +
    8 * room.readWords +
    16 * ir.reasons.length +
    room.sets * countSortingSteps(room.sorted / sortedBytes, boundParameters)
  );
}

/** Each level of a heap takes two comparisons, of eight bytes at a time. */
function countSortingSteps(elements: number, { bytes }: BoundParameters): number {
  const comparison = 16 + Math.min(bytes, requestLimits.stringBytes) / 8;
  return elements * (Math.log2(elements + 1) + 2) * 2 * (comparison + 8);
}
