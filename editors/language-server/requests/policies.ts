// Answers the requests about a whole policy: its tests, explanations, invariants and mutants. Long work runs in slices, and
// ends when the client cancels it or the policy changes. What does the work is loaded when it is first needed: many editors
// never do.

import {
  type CancellationToken,
  DiagnosticSeverity,
  LSPErrorCodes,
  ResponseError,
  type WorkDoneProgressParams,
} from 'vscode-languageserver';
import type { CheckedPlace, Context } from '../context.ts';
import { isNamed, type ListedTest, testsIn } from '../index/tests.ts';
import type { Positions } from '../positions.ts';
import {
  explainRequest,
  type MutantsResult,
  mutantsRequest,
  type ProveResult,
  proveRequest,
  type RunTestsResult,
  runTestsRequest,
  type TestItem,
  testsRequest,
  type VerifyResult,
  verifyRequest,
} from '../protocol.ts';
import type { Publisher } from '../publisher.ts';
import { runInSlices } from '../runs/slices.ts';

export function answerPolicyRequests(context: Context, publisher: Publisher): void {
  const { connection } = context;
  connection.onRequest(testsRequest, async ({ textDocument: { uri } }) => {
    const tests = await context.at(uri, ({ analysis, positions }) =>
      testsIn(analysis).map((test) => testItem(test, positions)),
    );
    return { tests: tests ?? [] };
  });
  connection.onRequest(runTestsRequest, async ({ textDocument: { uri }, tests, ...work }, token) =>
    ranTests(await context.checkedAt(uri), tests, context, runner(context, work, token)),
  );
  connection.onRequest(explainRequest, async ({ textDocument: { uri }, ...wanted }) => {
    const { explanationOf } = await import('../runs/explanation.ts');
    const explained = await context.at(uri, ({ analysis }) =>
      explanationOf(analysis, wanted, context.clock()),
    );
    return explained ?? { error: 'the document is not open' };
  });
  connection.onRequest(verifyRequest, async ({ textDocument, requests, ...work }, token) => {
    const place = await context.checkedAt(textDocument.uri);
    const result = await verified(place, requests, context, runner(context, work, token));
    await publisher.publish();
    return result;
  });
  connection.onRequest(proveRequest, async ({ textDocument, ...work }, token) => {
    const place = await context.checkedAt(textDocument.uri);
    return proved(place, context, runner(context, work, token));
  });
  connection.onRequest(mutantsRequest, async ({ textDocument, requests, ...work }, token) => {
    const place = await context.checkedAt(textDocument.uri);
    const result = await mutated(place, requests, context, runner(context, work, token));
    await publisher.publish();
    return result;
  });
}

function testItem(
  { name, written, isRow, span, nameSpan }: ListedTest,
  positions: Positions,
): TestItem {
  return {
    name,
    uri: positions.uriOf(span.file),
    range: positions.rangeOf(span),
    nameRange: positions.rangeOf(nameSpan),
    ...(isRow ? { rowOf: written } : {}),
  };
}

type Run = <Result>(
  title: string,
  place: CheckedPlace,
  steps: Iterator<number, Result>,
) => Promise<Result>;

/** Runs steps in slices, with the progress that the client requested. */
function runner(
  { connection, project }: Context,
  { workDoneToken }: WorkDoneProgressParams,
  cancelled: CancellationToken,
): Run {
  return async (title, { analysis }, steps) => {
    const work = connection.window.attachWorkDoneProgress(workDoneToken);
    work.begin(title, 0, undefined, true);
    try {
      return await runInSlices(steps, {
        cancelled,
        isCurrent: () => project.isCurrent(analysis),
        progress: (share) => work.report(Math.floor(share * 100)),
      });
    } finally {
      work.done();
    }
  };
}

async function ranTests(
  place: CheckedPlace,
  names: readonly string[] | undefined,
  { clock }: Context,
  run: Run,
): Promise<RunTestsResult> {
  const { analysis, policy, positions } = place;
  const isChosen = (test: ListedTest) =>
    names === undefined || names.some((name) => isNamed(test, name));
  const now = clock();
  const [{ testSteps }, { coverageOf, testOutcome }] = await Promise.all([
    import('../runs/test-run.ts'),
    import('../runs/test-report.ts'),
  ]);
  const done = await run('Run tests', place, testSteps(analysis, policy, isChosen, now));
  return {
    results: done.results.map((each) => testOutcome(each, policy, positions, now)),
    coverage: coverageOf(done, positions),
  };
}

async function proved(place: CheckedPlace, { proofs }: Context, run: Run): Promise<ProveResult> {
  const { analysis, policy, positions } = place;
  const { proofSteps } = await import('../runs/proofs.ts');
  const known = proofs.doneOf(analysis);
  const all = known ?? (await run('Prove invariants', place, proofSteps(policy)));
  return {
    invariants: all.map(({ name, span, verdict, detail, counterexample }) => ({
      invariant: name,
      verdict,
      detail,
      uri: positions.uriOf(span.file),
      range: positions.rangeOf(span),
      ...(counterexample === undefined ? {} : { counterexample }),
    })),
  };
}

async function verified(
  place: CheckedPlace,
  requests: number | undefined,
  { findings }: Context,
  run: Run,
): Promise<VerifyResult> {
  const { analysis, policy, positions } = place;
  const { verificationSteps } = await import('../runs/verification.ts');
  const steps = verificationSteps(analysis, policy, requests);
  const { summary, violated } = await run('Verify invariants', place, steps);
  const severity = DiagnosticSeverity.Error;
  findings.set(
    'nhipol verify',
    analysis,
    violated.map((each) => ({ ...each, severity })),
  );
  return {
    summary,
    findings: violated.map(({ name, message, span, counterexample }) => ({
      invariant: name,
      message,
      uri: positions.uriOf(span.file),
      range: positions.rangeOf(span),
      counterexample,
    })),
  };
}

async function mutated(
  place: CheckedPlace,
  requests: number | undefined,
  { findings }: Context,
  run: Run,
): Promise<MutantsResult> {
  const { analysis, policy, positions } = place;
  const { mutationSteps } = await import('../runs/mutation.ts');
  const done = await run('Try mutants', place, mutationSteps(analysis, policy, requests));
  if (typeof done === 'string') throw new ResponseError(LSPErrorCodes.RequestFailed, done);
  const severity = DiagnosticSeverity.Information;
  findings.set(
    'nhipol mutate',
    analysis,
    done.survivors.map((each) => ({ ...each, severity })),
  );
  return {
    mutants: done.mutants,
    survivors: done.survivors.map(({ span, message, test }) => ({
      uri: positions.uriOf(span.file),
      range: positions.rangeOf(span),
      message,
      ...(test === undefined ? {} : { test }),
    })),
  };
}
