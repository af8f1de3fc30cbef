// The response that a module writes, with its header.

import { headerLayout, type ModuleExports } from '@nhipol/runtime/abi';

export interface Written {
  readonly effect: number;
  readonly flags: number;
  readonly validUntil: number;
  readonly key: bigint;
  readonly untilOffset: number;
  /** Empty if only the header was written. */
  readonly text: string;
}

/** Writes the latest answer of the module. */
export function readResponse({ memory, respond }: ModuleExports, form: number): Written {
  const header = respond(form) >>> 0;
  if (header === 0) throw new Error('the module wrote no response');
  const view = new DataView(memory.buffer, header, headerLayout.size);
  const length = view.getUint32(headerLayout.length, true);
  const bytes = new Uint8Array(memory.buffer, header + headerLayout.size, length);
  return {
    effect: view.getUint8(headerLayout.effect),
    flags: view.getUint8(headerLayout.flags),
    validUntil: view.getFloat64(headerLayout.validUntil, true),
    key: view.getBigUint64(headerLayout.key, true),
    untilOffset: view.getUint32(headerLayout.untilOffset, true),
    text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
  };
}
