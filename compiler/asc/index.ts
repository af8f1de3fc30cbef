// The exports of the assembler, which takes AssemblyScript and Binaryen from its caller.

export { makeAssembler } from './assembler.ts';
export type { Optimization } from './passes.ts';
export type { Tools } from './tools.ts';
