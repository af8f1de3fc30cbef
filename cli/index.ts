// The exports of the command line, for examples and extensions of editors that run parts of it.

export { lspCommand } from './commands/lsp/run.ts';
export { createAssembler } from './engines/assembler.ts';
export { compilePolicy } from './engines/engines.ts';
export { checkPolicyFiles } from './io/policies/check-policy.ts';
export { version } from './io/version.ts';
