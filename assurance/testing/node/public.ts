// Entry point `nhipol/testing/node`: reads a policy from a file, for tests.

export { type ReadPolicyOptions, readPolicy } from './read-policy.ts';
