// The module's contract, version 2, as numbers and types: what a compiled policy exports, how it writes a response,
// and what its manifest states. ABI.md describes the same in prose. Imports nothing.

export const abiMajor = 2;
export const abiMinor = 1;

export * from './answer.ts';
export * from './effects.ts';
export * from './encoding.ts';
export * from './errors.ts';
export * from './exact-decimal.ts';
export * from './export-types.ts';
export * from './exports.ts';
export * from './host-errors.ts';
export * from './layout.ts';
export * from './limits.ts';
export * from './manifest.ts';
export * from './members.ts';
export * from './store-keys.ts';
export * from './utf8-length.ts';
