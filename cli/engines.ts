// The two ways to decide, behind one shape: the evaluator on a checked policy, and the module that
// the policy compiles to. What weighs, compiler and runtime, is loaded only where it is used.

import type { Answer } from '@nhipol/runtime';
import { evaluate, type Policy } from '../language/index.ts';
import { createAssembler } from './assembler.ts';
import { UsageError } from './exit-codes.ts';
import { version } from './version.ts';

export type EngineName = 'evaluator' | 'wasm';

/** When a request is judged: at `now` whatever it says itself, or at its own time, else the clock's. */
export interface Instant {
  readonly now: bigint | undefined;
  readonly by: 'host' | 'request';
}

export type Engine = (request: Uint8Array, instant: Instant) => Answer;

export function evaluatorEngine(policy: Policy): Engine {
  return (request, instant) => evaluate(policy, request, instant);
}

/** Compiles in memory, without comparing module and evaluator. */
export async function compiledEngine(policy: Policy): Promise<Engine> {
  const { wasm } = await compilePolicy(policy);
  return moduleEngine(wasm);
}

export async function compilePolicy(policy: Policy) {
  const { compile } = await import('../compiler/index.ts');
  return compile(policy, createAssembler(), { version });
}

export async function moduleEngine(wasm: Uint8Array): Promise<Engine> {
  const { load } = await import('@nhipol/runtime');
  const module = load(wasm);
  return (request, { now, by }) => module.decideJson(request, { now, clock: by });
}

/** A module from a file that may be anything. */
export async function foreignModuleEngine(path: string, wasm: Uint8Array): Promise<Engine> {
  try {
    return await moduleEngine(wasm);
  } catch (error) {
    throw new UsageError(`cannot load ${path}: ${(error as Error).message}`);
  }
}
