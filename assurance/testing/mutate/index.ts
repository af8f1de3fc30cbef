// The exports of mutation: mutants of a policy, and whether its tests detect them.

export { answerText } from './answer-text.ts';
export { formatAnyInstant } from './instant-text.ts';
export type { Mutant } from './mutants.ts';
export type { Operator } from './operator.ts';
export { operators } from './operators/index.ts';
export { asTest } from './render-test.ts';
export { computeMutationScore, countOutcomes } from './score.ts';
export { type MutantOutcome, MutationTrial, type PolicyComparer } from './trial.ts';
export type { Witness } from './witness.ts';
