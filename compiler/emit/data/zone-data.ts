// Encodes zones and windows in the format of the assembly library (assembly/time/windows.ts).

import { dayLength, isFixed } from '@nhipol/language/types';
import type { IrWindow, IrZone } from '../../ir/tables.ts';

export function encodeZone(zone: IrZone): Uint8Array {
  const { offsets } = zone;
  const view = new DataView(new ArrayBuffer(8 + offsets.length * 8));
  view.setUint32(0, offsets.length, true);
  view.setUint32(4, isFixed(zone) ? 1 : 0, true);
  for (const [index, { from, ahead }] of offsets.entries()) {
    view.setUint32(8 + index * 4, Math.max(0, from / 1000), true);
    view.setInt32(8 + (offsets.length + index) * 4, ahead / 1000, true);
  }
  return new Uint8Array(view.buffer);
}

const header = 16;

export function encodeWindow(window: IrWindow, zone: number): Uint8Array {
  const { classes, plans, seasons, except } = window;
  const planOffsets: number[] = [];
  let end = header + classes.length * 2;
  for (const plan of plans) {
    planOffsets.push(end);
    end += 4 + plan.length * 8;
  }
  const ranges = [...except, ...seasons];
  const view = new DataView(new ArrayBuffer(end + ranges.length * 8));
  view.setUint32(0, zone, true);
  view.setUint8(4, window.steady ? 1 : 0);
  view.setUint8(5, window.weekly ? 1 : 0);
  view.setUint8(6, plans.some((plan) => plan.some(({ to }) => to > dayLength)) ? 1 : 0);
  view.setUint8(7, seasons.length);
  view.setUint32(8, except.length, true);
  view.setUint32(12, end, true);
  for (const [index, plan] of classes.entries()) {
    view.setUint16(header + index * 2, planOffsets[plan] ?? 0, true);
  }
  for (const [index, plan] of plans.entries()) {
    let at = planOffsets[index] ?? 0;
    view.setUint32(at, plan.length, true);
    for (const { from, to } of plan) {
      view.setUint32(at + 4, from, true);
      view.setUint32(at + 8, to, true);
      at += 8;
    }
  }
  for (const [index, { from, to }] of ranges.entries()) {
    view.setInt32(end + index * 8, from, true);
    view.setInt32(end + index * 8 + 4, to, true);
  }
  return new Uint8Array(view.buffer);
}
