// The exports of attacks on proofs: requests and sessions that contradict what is proved.

export {
  findContradictedDifference,
  findContradictedRule,
  findDifferenceContradiction,
  isLooseningFound,
} from './contradicted-difference.ts';
export { findSearchContradiction } from './contradicted-search.ts';
export {
  findContradiction,
  type ProofContradiction,
  searchContradictions,
} from './contradiction.ts';
