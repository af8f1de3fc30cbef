// For programs: all mutants but those that are no policies, with what became of each.

import { stringify } from '@nhipol/runtime';
import type { Answer, Policy } from '../../language/index.ts';
import { asTest } from '../../testing/mutate/as-test.ts';
import { instantText } from '../../testing/mutate/instant-text.ts';
import { scoreOf, tallyOf } from '../../testing/mutate/score.ts';
import type { Witness } from '../../testing/mutate/witness.ts';
import type { GeneratedRequest } from '../../testing/requests.ts';
import type { SessionSample } from '../../testing/samples/sessions.ts';
import { sessionLog } from '../../testing/verify/session-log.ts';
import type { MutationReport, MutationReportOptions, TriedMutant, TriedPolicy } from './report.ts';

export function jsonReport({ console }: MutationReportOptions): MutationReport {
  return {
    begin: async () => {},
    tried: async () => {},
    end: async (policies) => {
      const report = { format: 'nhipol-mutants/1', policies: policies.map(ofPolicy) };
      await console.out(`${stringify(report, 2)}\n`);
    },
  };
}

function ofPolicy({ path, policy, mutants }: TriedPolicy) {
  const { invalid, ...tally } = tallyOf(mutants);
  return {
    file: path,
    name: policy.name,
    ...tally,
    score: Math.round(scoreOf({ ...tally, invalid }) * 10) / 10,
    mutants: mutants
      .filter(({ outcome }) => outcome.kind !== 'invalid')
      .map((tried) => ofMutant(policy, tried)),
  };
}

function ofMutant(policy: Policy, { mutant, outcome }: TriedMutant) {
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
    ...(outcome.kind === 'survived' ? { witness: ofWitness(policy, outcome.witness) } : {}),
  };
}

function ofWitness(policy: Policy, witness: Witness) {
  return {
    kind: witness.kind,
    ...(witness.kind === 'request'
      ? ofRequest(witness.sample)
      : { events: eventsOf(witness.sample) }),
    tables: Object.fromEntries(witness.sample.tables),
    answer: ofAnswer(witness.before),
    mutantsAnswer: ofAnswer(witness.after),
    test: asTest(policy, 'mutant', witness),
  };
}

/** `request`: JSON text, since its numbers may be larger than JavaScript's. */
function ofRequest({ text, now }: GeneratedRequest) {
  return { request: text, now: now === undefined ? null : instantText(now) };
}

/** As the lines of a log that can be replayed. */
function eventsOf(sample: SessionSample): readonly unknown[] {
  const lines = sessionLog(sample, 'witness').trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

function ofAnswer({ effect, reasons, constraints, validUntil }: Answer) {
  const until = validUntil === undefined ? null : instantText(validUntil);
  return { effect, reasons, constraints, until };
}
