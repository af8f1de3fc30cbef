// The two engines with one interface: the evaluator on a checked policy, and the compiled module. Compiler and runtime
// are loaded only if they are used.

import type { Assembler, Compiled, CompileOptions } from '@nhipol/compiler';
import { could, type EvaluatedPossibility, evaluate } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Answer, Policy as Module } from '@nhipol/runtime';
import { fillModule, fillTables, noTables, type TableTexts } from '@nhipol/testing';
import { UsageError } from '../io/exit-codes.ts';
import { describeUnknownTable, type RefusesTable } from '../io/policies/table-files.ts';
import { version } from '../io/version.ts';
import { getSharedAssembler } from './assembler.ts';

export type EngineName = 'evaluator' | 'wasm';

/** The time of a decision: `now` if set by the host, otherwise the time of the request, with `now` as the default. */
export interface DecisionTime {
  readonly now: bigint | undefined;
  readonly precedence: 'host' | 'request';
}

/** Decides a request. `tables`: validated contents of external tables. */
export type DecisionEngine = (
  request: Uint8Array,
  instant: DecisionTime,
  tables?: TableTexts,
) => Answer;

/** Evaluates what could be permitted. */
export type PossibilityEngine = (
  request: Uint8Array,
  instant: DecisionTime,
  tables?: TableTexts,
) => Pick<EvaluatedPossibility, 'possible' | 'reasons' | 'validUntil'> & {
  readonly error: object | undefined;
};

/** From the source of a policy, without compiling it. */
export function createPossibilityEvaluator(policy: PolicyModel): PossibilityEngine {
  return (request, instant, tables = noTables) =>
    could(fillTables(policy, tables), request, instant);
}

/** From a module that was compiled with `--possible`. */
export function createPossibilityEngine(module: Module): PossibilityEngine {
  return (request, { now, precedence: by }, tables = noTables) => {
    fillModule(module, tables);
    return module.couldJson(request, { now, clock: by });
  };
}

/** Compiles a policy in memory, to a module that also evaluates what could be permitted. */
export async function compilePossibilityEngine(policy: PolicyModel): Promise<PossibilityEngine> {
  return createPossibilityEngine(await compileModule(policy, { possible: true }));
}

export function createEvaluatorEngine(policy: PolicyModel): DecisionEngine {
  return (request, instant, tables = noTables) =>
    evaluate(fillTables(policy, tables), request, instant);
}

/** Compiles a policy in memory, without comparing module and evaluator. */
export async function compileEngine(policy: PolicyModel): Promise<DecisionEngine> {
  return createModuleEngine(await compileModule(policy));
}

/** The parts of a module besides decisions, and how it is optimized. */
export type ModuleParts = Pick<CompileOptions, 'sessions' | 'possible' | 'quick'>;

/** Compiles a policy to a loaded module. */
export async function compileModule(policy: PolicyModel, parts: ModuleParts = {}): Promise<Module> {
  const { wasm } = await compilePolicy(policy, parts);
  return loadModule(wasm);
}

export async function loadModule(wasm: Uint8Array): Promise<Module> {
  const { load } = await import('@nhipol/runtime');
  return load(wasm);
}

/**
 * Compiles a policy. Resolves when the assembler has started, so that this thread can do other work until
 * the module is ready.
 */
export function startCompiling(
  policy: PolicyModel,
  parts: ModuleParts,
): Promise<() => Promise<Compiled>> {
  return new Promise((resolve, reject) => {
    const assembler: Assembler = (...task) => {
      const assembled = getSharedAssembler()(...task);
      resolve(() => compiled);
      return assembled;
    };
    const compiled = compilePolicy(policy, parts, assembler);
    compiled.catch(reject);
  });
}

export async function compilePolicy(
  policy: PolicyModel,
  options: Omit<CompileOptions, 'version'> = {},
  assembler: Assembler = getSharedAssembler(),
): Promise<Compiled> {
  const { compile } = await import('@nhipol/compiler');
  return compile(policy, assembler, { ...options, version });
}

function createModuleEngine(module: Module): DecisionEngine {
  return (request, { now, precedence: by }, tables = noTables) => {
    fillModule(module, tables);
    return module.decideJson(request, { now, clock: by });
  };
}

/** Loads a module from an untrusted file, and returns a validator for the contents of its tables. */
export async function openForeignModule(
  path: string,
  wasm: Uint8Array,
): Promise<{
  readonly module: Module;
  readonly engine: DecisionEngine;
  readonly refuses: RefusesTable;
}> {
  const { load, TableError } = await import('@nhipol/runtime');
  const module = loadForeign(() => load(wasm), path);
  const refuses: RefusesTable = (name, text) => {
    const names = module.manifest.tables ?? [];
    if (!names.includes(name)) return describeUnknownTable(names);
    try {
      module.loadTable(name, text);
      return undefined;
    } catch (error) {
      if (error instanceof TableError)
        return `${error.path}: expected ${error.expected}, found ${error.found}`;
      throw error;
    }
  };
  return { module, engine: createModuleEngine(module), refuses };
}

function loadForeign(load: () => Module, path: string): Module {
  try {
    return load();
  } catch (error) {
    throw new UsageError(`cannot load ${path}: ${(error as Error).message}`);
  }
}

/**
 * Returns the time of a step: `now`, otherwise the time of the request, otherwise `otherwise`. The system clock is never
 * read.
 */
export function chooseStepTime(
  now: bigint | undefined,
  otherwise: bigint | undefined,
): DecisionTime {
  return now === undefined
    ? { now: otherwise, precedence: 'request' }
    : { now, precedence: 'host' };
}
