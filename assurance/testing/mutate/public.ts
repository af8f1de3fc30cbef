// Entry point `nhipol/testing/mutation`: mutants of a policy, and whether its tests detect them.

export { operators as mutationOperators } from './operators/index.ts';
export { computeMutationScore, countOutcomes, type Tally } from './score.ts';
export { type MutantOutcome, MutationTrial } from './trial.ts';
