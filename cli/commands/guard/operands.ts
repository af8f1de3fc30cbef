// The operands of a guard: a policy, if the first one names the file of a policy, and the command of the server.

import { UsageError } from '../../io/exit-codes.ts';

export interface Operands {
  readonly policyPath: string;
  readonly command: string;
  readonly args: readonly string[];
}

const defaultPolicy = 'guard.nhipol';

/** The policy, and the operands after it. */
export function splitPolicyOperand(
  operands: readonly string[],
): readonly [path: string, ...string[]] {
  const [first = '', ...rest] = operands;
  return /\.(nhipol|wasm)$/.test(first) ? [first, ...rest] : [defaultPolicy, ...operands];
}

export function parseOperands(operands: readonly string[]): Operands {
  const [policyPath, command, ...args] = splitPolicyOperand(operands);
  if (command === undefined) throw new UsageError('expected the command of an MCP server after --');
  return { policyPath, command, args };
}
