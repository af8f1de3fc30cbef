// AssemblyScript that reads and writes a cell, by the layout of the contract. Emitted code loads at an offset and does
// not call the functions of cells.ts of the assembly library, whose inlining changes what the optimizer does.

import { cellLayout, cellMarks } from '@nhipol/runtime/abi';

const { present, known, partial, unread, length, size } = cellLayout;

export const cellBytes = size;

/** As `Presence` of cells.ts. */
export const presences = { absent: 0, present: 1, faulty: 3 };

/** The state of an absent member with a default. */
export const defaultMarks = cellMarks.known & ~cellMarks.present;

const emitPresence = (at: string) => `load<u8>(${at}, ${present})`;

/** Expressions; `at` is the address of the cell, an expression as well. */
export const cellCode = {
  isAbsent: (at: string) => `${emitPresence(at)} == ${presences.absent}`,
  isNotAbsent: (at: string) => `${emitPresence(at)} != ${presences.absent}`,
  isPresent: (at: string) => `${emitPresence(at)} == ${presences.present}`,
  isFaulty: (at: string) => `${emitPresence(at)} == ${presences.faulty}`,
  known: (at: string) => `load<u8>(${at}, ${known})`,
  partial: (at: string) => `load<u8>(${at}, ${partial})`,
  unread: (at: string) => `load<u8>(${at}, ${unread})`,
  word: (at: string) => `load<i64>(${at})`,
  pointer: (at: string) => `load<u32>(${at})`,
  length: (at: string) => `load<i32>(${at}, ${length})`,
  /** The pointer and the length, as two arguments. */
  bytes: (at: string) => `load<u32>(${at}), load<i32>(${at}, ${length})`,
};

/** Statements. */
export const cellStores = {
  word: (at: string, value: string) => `store<i64>(${at}, ${value});`,
  pointer: (at: string, value: string) => `store<u32>(${at}, ${value});`,
  length: (at: string, value: string) => `store<i32>(${at}, ${value}, ${length});`,
  partial: (at: string) => `store<u8>(${at}, 1, ${partial});`,
  /** Makes the cell that of an absent member with a default. */
  isDefault: (at: string) => `store<u32>(${at}, 0x${defaultMarks.toString(16)}, ${present});`,
  /** The module has read the value. */
  isRead: (at: string) => `store<u8>(${at}, 0, ${unread});`,
};
