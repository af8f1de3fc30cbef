// The exports of the compiler.

export type { Assembler, AssemblerOptions } from './assemble.ts';
export { type BindingSources, bindings } from './bindings/bindings.ts';
export {
  type Compiled,
  type CompiledMany,
  type CompileOptions,
  compile,
  compileMany,
} from './compile.ts';
export type { Description } from './ir/description.ts';
export { printIr } from './ir/print.ts';
export { lower } from './lower/lower.ts';
export { defaultPlan, type PlanOptions, plan } from './plan/plan.ts';
