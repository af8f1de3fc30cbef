// The exports of the compiler.

export type { Assembler } from './assemble.ts';
export { bindings } from './bindings/bindings.ts';
export { type Compiled, type CompileOptions, compile } from './compile.ts';
export type { Description } from './ir/description.ts';
