// The operands of a guard: a policy, if the first one names the file of a policy, and the command of the server.

import { UsageError } from '../../io/exit-codes.ts';

export interface Operands {
  readonly policyPath: string;
  readonly command: string;
  readonly args: readonly string[];
}

const defaultPolicy = 'guard.nhipol';

export function operandsOf(operands: readonly string[]): Operands {
  const hasPolicy = /\.(nhipol|wasm)$/.test(operands[0] ?? '');
  const [policyPath = defaultPolicy, ...rest] = hasPolicy ? operands : [defaultPolicy, ...operands];
  const [command, ...args] = rest;
  if (command === undefined) throw new UsageError('expected the command of an MCP server after --');
  return { policyPath, command, args };
}
