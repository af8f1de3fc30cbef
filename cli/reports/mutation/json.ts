// Mutation testing as JSON: all mutants that are valid policies, with their outcomes.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { type GeneratedRequest, printSessionLog, type SessionSample } from '@nhipol/testing';
import {
  asTest,
  computeMutationScore,
  countOutcomes,
  formatAnyInstant,
  type Witness,
} from '@nhipol/testing/mutation';
import type { MutationReport, MutationReportOptions, TriedMutant, TriedPolicy } from './report.ts';

export function createJsonReport({ console }: MutationReportOptions): MutationReport {
  return {
    begin: async () => {},
    tried: async () => {},
    end: async (policies) => {
      const report = { format: 'nhipol-mutants/1', policies: policies.map(buildPolicyJson) };
      await console.out(`${stringify(report, 2)}\n`);
    },
  };
}

function buildPolicyJson({ path, policy, mutants }: TriedPolicy) {
  const { invalid, ...tally } = countOutcomes(mutants);
  return {
    file: path,
    name: policy.name,
    ...tally,
    score: Math.round(computeMutationScore({ ...tally, invalid }) * 10) / 10,
    mutants: mutants
      .filter(({ outcome }) => outcome.kind !== 'invalid')
      .map((mutant) => buildMutantJson(policy, mutant)),
  };
}

function buildMutantJson(policy: PolicyModel, { mutant, outcome }: TriedMutant) {
  const { operator, does, span, position, edits } = mutant;
  return {
    operator,
    does,
    file: span.file,
    ...position,
    edits: edits.map((edit) => ({ start: edit.span.start, end: edit.span.end, text: edit.text })),
    outcome: outcome.kind,
    ...(outcome.kind === 'killed' ? { by: outcome.by } : {}),
    ...(outcome.kind === 'equivalent' ? { where: outcome.where } : {}),
    ...(outcome.kind === 'undecided' ? { tried: outcome.tried } : {}),
    ...(outcome.kind === 'survived' ? { witness: buildWitnessJson(policy, outcome.witness) } : {}),
  };
}

function buildWitnessJson(policy: PolicyModel, witness: Witness) {
  return {
    kind: witness.kind,
    ...(witness.kind === 'request'
      ? buildRequestJson(witness.sample)
      : { events: listEvents(witness.sample) }),
    tables: Object.fromEntries(witness.sample.tables),
    answer: answerJson(witness.before),
    mutantsAnswer: answerJson(witness.after),
    test: asTest(policy, 'mutant', witness),
  };
}

/** The request is a JSON string, because its numbers may exceed the precision of JavaScript. */
function buildRequestJson({ text, now }: GeneratedRequest) {
  return { request: text, now: now === undefined ? null : formatAnyInstant(now) };
}

/** The lines of a log that `nhipol simulate` replays. */
function listEvents(sample: SessionSample): readonly unknown[] {
  const lines = printSessionLog(sample, 'witness').trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

function answerJson({ effect, reasons, constraints, lower, validUntil }: EvaluatedAnswer) {
  const until = validUntil === undefined ? null : formatAnyInstant(validUntil);
  return { effect, reasons, constraints, lower, until };
}
