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
import type { CheckedPlace, ServerContext } from '../context.ts';
import { hasTestName, type ListedTest, listTests } from '../index/tests.ts';
import type { DocumentPositions } from '../positions.ts';
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

export function answerPolicyRequests(context: ServerContext, publisher: Publisher): void {
  const { connection } = context;
  connection.onRequest(testsRequest, async ({ textDocument: { uri } }) => {
    const tests = await context.at(uri, ({ analysis, positions }) =>
      listTests(analysis).map((test) => testItem(test, positions)),
    );
    return { tests: tests ?? [] };
  });
  connection.onRequest(runTestsRequest, async ({ textDocument: { uri }, tests, ...work }, token) =>
    ranTests(await context.expectChecked(uri), tests, context, createRunner(context, work, token)),
  );
  connection.onRequest(explainRequest, async ({ textDocument: { uri }, ...wanted }) => {
    const { explainTestOrRequest: explanationOf } = await import('../runs/explanation.ts');
    const explained = await context.at(uri, ({ analysis }) =>
      explanationOf(analysis, wanted, context.clock()),
    );
    return explained ?? { error: 'the document is not open' };
  });
  connection.onRequest(verifyRequest, async ({ textDocument, requests, ...work }, token) => {
    const place = await context.expectChecked(textDocument.uri);
    const result = await verifyPolicy(place, requests, context, createRunner(context, work, token));
    await publisher.publish();
    return result;
  });
  connection.onRequest(proveRequest, async ({ textDocument, ...work }, token) => {
    const place = await context.expectChecked(textDocument.uri);
    return provePolicy(place, context, createRunner(context, work, token));
  });
  connection.onRequest(mutantsRequest, async ({ textDocument, requests, ...work }, token) => {
    const place = await context.expectChecked(textDocument.uri);
    const result = await mutatePolicy(place, requests, context, createRunner(context, work, token));
    await publisher.publish();
    return result;
  });
}

function testItem(
  { name, written, isRow, span, nameSpan }: ListedTest,
  positions: DocumentPositions,
): TestItem {
  return {
    name,
    uri: positions.toUri(span.file),
    range: positions.toRange(span),
    nameRange: positions.toRange(nameSpan),
    ...(isRow ? { rowOf: written } : {}),
  };
}

type Run = <Result>(
  title: string,
  place: CheckedPlace,
  steps: Iterator<number, Result>,
) => Promise<Result>;

/** Runs steps in slices, with the progress that the client requested. */
function createRunner(
  { connection, project }: ServerContext,
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
  { clock }: ServerContext,
  run: Run,
): Promise<RunTestsResult> {
  const { analysis, policy, positions } = place;
  const isChosen = (test: ListedTest) =>
    names === undefined || names.some((name) => hasTestName(test, name));
  const now = clock();
  const [{ testSteps }, { listFileCoverage: coverageOf, testOutcome }] = await Promise.all([
    import('../runs/test-run.ts'),
    import('../runs/test-report.ts'),
  ]);
  const done = await run('Run tests', place, testSteps(analysis, policy, isChosen, now));
  return {
    results: done.results.map((ranTest) => testOutcome(ranTest, policy, positions, now)),
    coverage: coverageOf(done, positions),
  };
}

async function provePolicy(
  place: CheckedPlace,
  { proofs }: ServerContext,
  run: Run,
): Promise<ProveResult> {
  const { analysis, policy, positions } = place;
  const { runProofs } = await import('../runs/proofs.ts');
  const known = proofs.getDone(analysis);
  const all = known ?? (await run('Prove invariants', place, runProofs(policy)));
  return {
    invariants: all.map(({ name, span, verdict, detail, counterexample }) => ({
      invariant: name,
      verdict,
      detail,
      uri: positions.toUri(span.file),
      range: positions.toRange(span),
      ...(counterexample === undefined ? {} : { counterexample }),
    })),
  };
}

async function verifyPolicy(
  place: CheckedPlace,
  requests: number | undefined,
  { findings }: ServerContext,
  run: Run,
): Promise<VerifyResult> {
  const { analysis, policy, positions } = place;
  const { runVerification } = await import('../runs/verification.ts');
  const steps = runVerification(analysis, policy, requests);
  const { summary, violated } = await run('Verify invariants', place, steps);
  const severity = DiagnosticSeverity.Error;
  findings.set(
    'nhipol verify',
    analysis,
    violated.map((violatedInvariant) => ({ ...violatedInvariant, severity })),
  );
  return {
    summary,
    findings: violated.map(({ name, message, span, counterexample }) => ({
      invariant: name,
      message,
      uri: positions.toUri(span.file),
      range: positions.toRange(span),
      counterexample,
    })),
  };
}

async function mutatePolicy(
  place: CheckedPlace,
  requests: number | undefined,
  { findings }: ServerContext,
  run: Run,
): Promise<MutantsResult> {
  const { analysis, policy, positions } = place;
  const { runMutation } = await import('../runs/mutation.ts');
  const done = await run('Try mutants', place, runMutation(analysis, policy, requests));
  if (typeof done === 'string') throw new ResponseError(LSPErrorCodes.RequestFailed, done);
  const severity = DiagnosticSeverity.Information;
  findings.set(
    'nhipol mutate',
    analysis,
    done.survivors.map((survivor) => ({ ...survivor, severity })),
  );
  return {
    mutants: done.mutants,
    survivors: done.survivors.map(({ span, message, test }) => ({
      uri: positions.toUri(span.file),
      range: positions.toRange(span),
      message,
      ...(test === undefined ? {} : { test }),
    })),
  };
}
