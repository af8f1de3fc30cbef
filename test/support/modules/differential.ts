// Compares module and evaluator on generated programs: one module contains a batch of programs, because
// each call of the assembler takes a second, and both engines get the same requests. The seed determines
// the batch.

import type { Assembler } from '@nhipol/compiler';
import type { Optimization } from '@nhipol/compiler/asc';
import { type EvaluatedAnswer, listExternalTables } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { EffectName } from '@nhipol/runtime/abi';
import { createRequestArbitrary, type GeneratedRequest, isSameAnswer } from '@nhipol/testing';
import fc from 'fast-check';
import type { PlanOptions } from '../../../compiler/public.ts';
import { type Program, programs } from '../arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../checking.ts';
import { createCachedAssembler } from './assembler.ts';
import { type Ask, evaluator, modules } from './engines.ts';

export interface Batch {
  readonly seed: number;
  readonly programs: number;
  /** The number of requests for each program. */
  readonly requests: number;
  /** How modules are optimized; default: as released modules. */
  readonly optimize?: Optimization;
  /** The rules that become rows; default: as in released modules. */
  readonly planning?: PlanOptions;
}

export interface Disagreement {
  readonly program: Program;
  readonly request: GeneratedRequest;
  readonly evaluator: EvaluatedAnswer;
  readonly module: EvaluatedAnswer;
}

export interface Compared {
  readonly decisions: number;
  /** The number of answers that offer lower values. */
  readonly offers: number;
  readonly effects: ReadonlySet<EffectName>;
  readonly disagreement: Disagreement | undefined;
}

export async function compareBatch(batch: Batch): Promise<Compared> {
  const { seed, programs: count, requests, optimize = 'full', planning } = batch;
  const sample = fc.sample(programs, { numRuns: count, seed });
  const policies = sample.map(({ text, others }) => checkPolicy(text, others));
  const compiled = await modules(policies, createCachedAssembler(optimize), planning);
  const effects = new Set<EffectName>();
  let [decisions, offers] = [0, 0];
  for (const [index, policy] of policies.entries()) {
    const [program, module] = [sample[index], compiled[index]];
    if (program === undefined || module === undefined) throw new Error('a program is missing');
    for (const request of fc.sample(createRequestArbitrary(policy), {
      numRuns: requests,
      seed: seed + index,
    })) {
      const answers = askBoth(policy, module, request);
      decisions += 1;
      effects.add(answers.evaluator.effect);
      if (Object.keys(answers.evaluator.lower).length > 0) offers += 1;
      if (isSameAnswer(answers.evaluator, answers.module)) continue;
      return { decisions, offers, effects, disagreement: { program, request, ...answers } };
    }
  }
  return { decisions, offers, effects, disagreement: undefined };
}

function askBoth(policy: PolicyModel, module: Ask, { text, now, tables }: GeneratedRequest) {
  const bytes = new TextEncoder().encode(text);
  return {
    evaluator: evaluator(policy)(bytes, now, tables),
    module: module(bytes, now, tables),
  };
}

/** Shrinks the program to as few lines as possible with a disagreement about the request. */
export async function shrink(
  found: Disagreement,
  optimize: Optimization = 'full',
  planning?: PlanOptions,
): Promise<Disagreement> {
  let smallest = found;
  let shorter: Disagreement | undefined = found;
  while (shorter !== undefined) {
    smallest = shorter;
    shorter = await firstDisagreement(
      withLess(smallest.program),
      smallest.request,
      createCachedAssembler(optimize),
      planning,
    );
  }
  return smallest;
}

/** The number of candidates per call of the assembler. */
const batchOfCandidates = 16;

/** Considers the candidates that are valid policies; many are not after lines are removed. */
async function firstDisagreement(
  candidates: readonly Program[],
  request: GeneratedRequest,
  assembler: Assembler,
  planning: PlanOptions | undefined,
): Promise<Disagreement | undefined> {
  const checked = candidates.flatMap((program) => {
    const policy = policyOrNone(program);
    return policy === undefined || !takes(policy, request) ? [] : [{ program, policy }];
  });
  for (let at = 0; at < checked.length; at += batchOfCandidates) {
    const some = checked.slice(at, at + batchOfCandidates);
    const compiled = await modules(
      some.map(({ policy }) => policy),
      assembler,
      planning,
    );
    for (const [index, { program, policy }] of some.entries()) {
      const module = compiled[index];
      const answers = module && askBoth(policy, module, request);
      if (answers !== undefined && !isSameAnswer(answers.evaluator, answers.module))
        return { program, request, ...answers };
    }
  }
  return undefined;
}

/** Programs without a block of lines, the largest blocks first. */
function withLess({ text, others }: Program): readonly Program[] {
  const lines = text.split('\n');
  const candidates: Program[] = [];
  for (let size = lines.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < lines.length; at += size) {
      candidates.push({ text: lines.toSpliced(at, size).join('\n'), others });
    }
  }
  return candidates;
}

/** Whether the policy declares the tables of the request. */
function takes(policy: PolicyModel, { tables }: GeneratedRequest): boolean {
  const names = new Set(listExternalTables(policy).map(({ name }) => name));
  return [...tables.keys()].every((name) => names.has(name));
}

function policyOrNone({ text, others }: Program): PolicyModel | undefined {
  try {
    return checkPolicy(text, others);
  } catch {
    return undefined;
  }
}
