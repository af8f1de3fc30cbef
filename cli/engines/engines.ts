// The two ways to decide, behind one shape: the evaluator on a checked policy, and the module that
// the policy compiles to. What weighs, compiler and runtime, is loaded only where it is used.

import type { Answer, Policy as Module } from '@nhipol/runtime';
import type { Assembler, Compiled, CompileOptions } from '../../compiler/index.ts';
import { evaluate, type Policy } from '../../language/index.ts';
import { filled, fillModule, noTables, type TableTexts } from '../../testing/generate/tables.ts';
import type { Decide } from '../../testing/runner/run-tests.ts';
import { UsageError } from '../io/exit-codes.ts';
import { noSuchTable, type RefusesTable } from '../io/table-files.ts';
import { version } from '../io/version.ts';
import { sharedAssembler } from './assembler.ts';

export type EngineName = 'evaluator' | 'wasm';

/** When a request is judged: at `now` whatever it says itself, or at its own time, else the clock's. */
export interface Instant {
  readonly now: bigint | undefined;
  readonly by: 'host' | 'request';
}

/** `tables`: what external tables hold, checked before. */
export type Engine = (request: Uint8Array, instant: Instant, tables?: TableTexts) => Answer;

export function evaluatorEngine(policy: Policy): Engine {
  return (request, instant, tables = noTables) =>
    evaluate(filled(policy, tables), request, instant);
}

/** Compiles in memory, without comparing module and evaluator. */
export async function compiledEngine(policy: Policy): Promise<Engine> {
  return engineOf(await compiledModule(policy, false));
}

/** The same, as a module that may hold sessions. */
export async function compiledModule(
  policy: Policy,
  sessions: boolean,
  assembler?: Assembler,
): Promise<Module> {
  const { wasm } = await compilePolicy(policy, { sessions }, assembler);
  const { load } = await import('@nhipol/runtime');
  return load(wasm);
}

/**
 * The same, given once the assembler is at work, so that this thread is free for something else until
 * the module is there.
 */
export function compilingModule(policy: Policy, sessions: boolean): Promise<() => Promise<Module>> {
  return new Promise((resolve, reject) => {
    const assembler: Assembler = (...task) => {
      const assembled = sharedAssembler()(...task);
      resolve(() => module);
      return assembled;
    };
    const module = compiledModule(policy, sessions, assembler);
    module.catch(reject);
  });
}

export async function compilePolicy(
  policy: Policy,
  options: Omit<CompileOptions, 'version'> = {},
  assembler: Assembler = sharedAssembler(),
): Promise<Compiled> {
  const { compile } = await import('../../compiler/index.ts');
  return compile(policy, assembler, { ...options, version });
}

export async function moduleEngine(wasm: Uint8Array): Promise<Engine> {
  const { load } = await import('@nhipol/runtime');
  return engineOf(load(wasm));
}

export function engineOf(module: Module): Engine {
  return (request, { now, by }, tables = noTables) => {
    fillModule(module, tables);
    return module.decideJson(request, { now, clock: by });
  };
}

/** A module from a file that may be anything, and what is wrong with a table's contents for it. */
export async function foreignModule(
  path: string,
  wasm: Uint8Array,
): Promise<{ readonly module: Module; readonly engine: Engine; readonly refuses: RefusesTable }> {
  const { load, TableError } = await import('@nhipol/runtime');
  const module = loadForeign(() => load(wasm), path);
  const refuses: RefusesTable = (name, text) => {
    const names = module.manifest.tables?.map((table) => table.name) ?? [];
    if (!names.includes(name)) return noSuchTable(names);
    try {
      module.loadTable(name, text);
      return undefined;
    } catch (error) {
      if (error instanceof TableError)
        return `${error.path}: expected ${error.expected}, found ${error.found}`;
      throw error;
    }
  };
  return { module, engine: engineOf(module), refuses };
}

function loadForeign(load: () => Module, path: string): Module {
  try {
    return load();
  } catch (error) {
    throw new UsageError(`cannot load ${path}: ${(error as Error).message}`);
  }
}

/** As tests decide: a step is judged as by `clockOf`. */
export function deciding(engine: Engine, otherwise?: bigint): Decide {
  return (request, now, tables) => engine(request, clockOf(now, otherwise), tables);
}

/**
 * `now`: the instant of a step; without one it is judged at the request's own time, and `otherwise` where
 * that tells none. The clock on the wall is never read.
 */
export function clockOf(now: bigint | undefined, otherwise: bigint | undefined): Instant {
  return now === undefined ? { now: otherwise, by: 'request' } : { now, by: 'host' };
}
