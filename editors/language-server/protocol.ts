// The requests between client and server that the language server protocol does not have. Clients are written against
// these types: members may be added, and none changes its meaning.

import {
  type Range,
  RequestType,
  type TextDocumentIdentifier,
  type WorkDoneProgressParams,
} from 'vscode-languageserver';

/** The `initializationOptions` of a client. */
export interface InitializationOptions {
  /**
   * `client`: the client carries out the commands of code lenses itself, and the server does not register them. Default:
   * `server`.
   */
  readonly commands?: 'client' | 'server';
}

/**
 * The commands of code lenses. Those about a test have the arguments [uri, name of the test], `showTests` has [uri, name of
 * the rule, names of tests], and `showCounterexample` has [uri, name of the invariant]. The server carries them out with
 * messages and diagnostics, for editors without an extension.
 */
export const commands = {
  runTest: 'nhipol.runTest',
  watchTest: 'nhipol.watchTest',
  explainTest: 'nhipol.explainTest',
  showTests: 'nhipol.showTests',
  showCounterexample: 'nhipol.showCounterexample',
} as const;

/** Server to client: reads a file for a server that has no disk, such as one in a web worker. */
export const readFileRequest = new RequestType<ReadFileParams, ReadFileResult, void>(
  'nhipol/readFile',
);

export interface ReadFileParams {
  readonly uri: string;
}

/**
 * The text of the file; null: there is none; `why`: it exists and was not read, with a clause such as "it is not UTF-8
 * text". If a client does not know the request, there are only the open files.
 */
export type ReadFileResult = { readonly text: string } | { readonly why: string } | null;

/** A document of a policy: of its entry file, or of a file that an open policy uses. */
interface PolicyParams {
  readonly textDocument: TextDocumentIdentifier;
}

/** Client to server: lists the tests of a policy, in all its files. A policy with errors has tests, too. */
export const testsRequest = new RequestType<TestsParams, TestsResult, void>('nhipol/tests');

export type TestsParams = PolicyParams;

export interface TestsResult {
  readonly tests: readonly TestItem[];
}

/** A test; of a test with rows, each row. */
export interface TestItem {
  /** Unique in the policy: equal names are numbered, as in `name (2)`. */
  readonly name: string;
  readonly uri: string;
  /** The whole test, or the row. */
  readonly range: Range;
  /** The name in the source. */
  readonly nameRange: Range;
  /** The name of the test that the row belongs to. */
  readonly rowOf?: string;
}

/**
 * Client to server: runs tests with the evaluator. The request fails (-32803) if the policy has errors, and ends with
 * -32801 if the policy changes while it runs.
 */
export const runTestsRequest = new RequestType<RunTestsParams, RunTestsResult, void>(
  'nhipol/runTests',
);

export interface RunTestsParams extends PolicyParams, WorkDoneProgressParams {
  /** Names of tests, or of tests with rows; default: all. */
  readonly tests?: readonly string[];
}

export interface RunTestsResult {
  readonly results: readonly TestOutcome[];
  /** The coverage by the tests that ran, for each file of the policy with rules. */
  readonly coverage: readonly FileCoverage[];
}

export interface TestOutcome {
  readonly name: string;
  readonly uri: string;
  readonly outcome: 'passed' | 'failed';
  /** For each step that failed. */
  readonly failures: readonly TestFailure[];
  readonly milliseconds: number;
}

export interface TestFailure {
  /** Each difference in a line. */
  readonly message: string;
  readonly uri: string;
  /** The expectation. */
  readonly range: Range;
  /** The number of the step, from 1. */
  readonly step: number;
  /** The parts of the answer that differ, a line each. */
  readonly expected?: string;
  readonly actual?: string;
  /** Why the answer is another, as text. */
  readonly explanation?: string;
}

export interface FileCoverage {
  readonly uri: string;
  /** Rules, and the conditions of scores. */
  readonly rules: readonly RuleCoverage[];
  /** The parts of conditions that `and`, `or` and `not` connect. */
  readonly conditions: readonly ConditionCoverage[];
}

export interface RuleCoverage {
  readonly name: string;
  /** The name in the source. */
  readonly range: Range;
  /** The number of decisions in which the rule's whole condition had each value. */
  readonly counts: OutcomeCounts;
  /** The tests in which it fired. */
  readonly firedBy: readonly string[];
}

export interface ConditionCoverage {
  readonly range: Range;
  readonly counts: OutcomeCounts;
  /** The values that are possible and that no decision had. */
  readonly missing: readonly (keyof OutcomeCounts)[];
}

export interface OutcomeCounts {
  readonly holds: number;
  readonly not: number;
  readonly unknown: number;
}

/** Client to server: explains a decision, of a step of a test or of a request. Values of secret members are masked. */
export const explainRequest = new RequestType<ExplainParams, ExplainResult, void>('nhipol/explain');

export interface ExplainParams extends PolicyParams {
  readonly test?: string;
  /** The number of a step, from 1; default: the first one that fails, otherwise the last one. */
  readonly step?: number;
  /** An AuthZEN request, as JSON or as its text. */
  readonly request?: object | string;
  /** The instant of the decision, RFC 3339; default: `context.time` of the request, otherwise the clock. */
  readonly now?: string;
}

export type ExplainResult =
  | {
      readonly markdown: string;
      /** An element without styles: `<pre class="explanation">`. */
      readonly html: string;
      /** The effect of the answer; of a possibility: `possible` or `impossible`. */
      readonly effect: string;
      /** RFC 3339. */
      readonly validUntil?: string;
    }
  | { readonly error: string };

/**
 * Client to server: searches for requests and sessions that violate the invariants, as `nhipol verify` does. The findings
 * are also published as diagnostics, until the next change. Fails and ends as `nhipol/runTests`.
 */
export const verifyRequest = new RequestType<VerifyParams, VerifyResult, void>('nhipol/verify');

export interface VerifyParams extends PolicyParams, WorkDoneProgressParams {
  /** The number of requests to try; default: 10,000. */
  readonly requests?: number;
}

export interface VerifyResult {
  /** A sentence. */
  readonly summary: string;
  /** The invariants that do not hold; for a built-in one, the place is the header of the policy. */
  readonly findings: readonly VerifyFinding[];
}

interface VerifyFinding {
  readonly invariant: string;
  readonly message: string;
  readonly uri: string;
  readonly range: Range;
  /** As in the JSON of `nhipol verify`: the request or the events, and the responses. */
  readonly counterexample: object;
}

/**
 * Client to server: decides each invariant for every request, as `nhipol verify --prove` does with less effort. Fails and
 * ends as `nhipol/runTests`.
 */
export const proveRequest = new RequestType<ProveParams, ProveResult, void>('nhipol/prove');

export interface ProveParams extends PolicyParams, WorkDoneProgressParams {}

export interface ProveResult {
  readonly invariants: readonly InvariantProof[];
}

export type InvariantVerdict = 'proved' | 'refuted' | 'not proved';

export interface InvariantProof {
  readonly invariant: string;
  readonly verdict: InvariantVerdict;
  /** A clause: what the proof covers, the answer that violates the invariant, or what prevents a proof. */
  readonly detail: string;
  readonly uri: string;
  /** The name of the invariant. */
  readonly range: Range;
  /** If it is refuted, as in the JSON of `nhipol verify`: the request or the events, and the responses. */
  readonly counterexample?: object;
}

/**
 * Client to server: makes small changes to the policy, and returns those that no test and no invariant detects, as `nhipol
 * mutate` does. They are also published as diagnostics, until the next change. Fails and ends as `nhipol/runTests`, and
 * fails if a test fails without a change.
 */
export const mutantsRequest = new RequestType<MutantsParams, MutantsResult, void>('nhipol/mutants');

export interface MutantsParams extends PolicyParams, WorkDoneProgressParams {
  /** The number of requests to try on each mutant that no test detects; default: 300. */
  readonly requests?: number;
}

export interface MutantsResult {
  readonly survivors: readonly Survivor[];
  /** The number of changes that are valid policies. */
  readonly mutants: number;
}

interface Survivor {
  readonly uri: string;
  readonly range: Range;
  /** The change, and the answer of the changed policy. */
  readonly message: string;
  /** A test that detects the change; missing if it would be very long. */
  readonly test?: string;
}
