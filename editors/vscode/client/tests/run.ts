// Runs tests: sends the tests of each policy in one request, and reports what each answered to the test explorer.

import type { RunTestsResult, TestOutcome } from '@nhipol/language-server/protocol';
import {
  type CancellationToken,
  type TestController,
  type TestItem,
  TestMessage,
  type TestRun,
  TestRunProfileKind,
  type TestRunRequest,
  type Uri,
} from 'vscode';
import { toLocation } from '../ranges.ts';
import { isEarlyEnd, type Server } from '../server.ts';
import { PolicyCoverage } from './coverage.ts';
import { listDescendants, type TestTree } from './tree.ts';

export class TestRunner {
  readonly #controller: TestController;
  readonly #server: Server;
  readonly #tree: TestTree;

  constructor(controller: TestController, server: Server, tree: TestTree) {
    this.#controller = controller;
    this.#server = server;
    this.#tree = tree;
  }

  /** Runs once. */
  async run(request: TestRunRequest, token: CancellationToken): Promise<void> {
    const run = this.#controller.createTestRun(request);
    try {
      for (const policy of await this.#collectPolicies(request)) {
        if (!token.isCancellationRequested) await this.#runPolicy(run, policy, request, token);
      }
    } finally {
      run.end();
    }
  }

  /** The policies with tests to run, whose tests have been read. */
  async #collectPolicies({ include }: TestRunRequest): Promise<ReadonlySet<TestItem>> {
    if (include === undefined) await this.#tree.discover();
    const items = include ?? [...this.#controller.items].map(([, item]) => item);
    const policies = new Set(items.map(findPolicyItem));
    for (const policy of policies) {
      if (policy.children.size === 0) await this.#tree.read(policy);
    }
    return policies;
  }

  async #runPolicy(
    run: TestRun,
    policy: TestItem,
    { include, exclude = [], profile }: TestRunRequest,
    token: CancellationToken,
  ): Promise<void> {
    const chosen = include?.includes(policy) === false ? include : [policy];
    const excluded = new Set(exclude.flatMap(listLeaves));
    const tests = chosen
      .filter((item) => findPolicyItem(item) === policy)
      .flatMap(listLeaves)
      .filter((item) => !excluded.has(item) && this.#tree.getTest(item) !== undefined);
    if (tests.length === 0) return;
    for (const test of tests) run.started(test);
    const names = tests.map((test) => this.#tree.getTest(test)?.name ?? '');
    try {
      const isAll = chosen.includes(policy) && excluded.size === 0;
      const { results, coverage } = await this.#server.request<RunTestsResult>(
        'nhipol/runTests',
        policy.uri as Uri,
        isAll ? {} : { tests: names },
        token,
      );
      const outcomes = new Map(results.map((outcome) => [outcome.name, outcome]));
      for (const [index, test] of tests.entries()) {
        report(run, test, outcomes.get(names[index] as string));
      }
      if (profile?.kind === TestRunProfileKind.Coverage) {
        for (const file of coverage) run.addCoverage(new PolicyCoverage(file));
      }
    } catch (error) {
      const message = new TestMessage(error instanceof Error ? error.message : String(error));
      for (const test of tests) {
        if (isEarlyEnd(error)) run.skipped(test);
        else run.errored(test, message);
      }
    }
  }
}

function report(run: TestRun, test: TestItem, outcome: TestOutcome | undefined): void {
  if (outcome === undefined) {
    run.skipped(test);
    return;
  }
  const { failures, milliseconds } = outcome;
  if (outcome.outcome === 'passed') {
    run.passed(test, milliseconds);
    return;
  }
  run.failed(test, failures.map(toTestMessage), milliseconds);
  for (const { explanation = '' } of failures) {
    run.appendOutput(explanation.replace(/\r?\n/g, '\r\n'), undefined, test);
  }
}

function toTestMessage({ message, uri, range, expected, actual }: TestOutcome['failures'][number]) {
  const shown =
    expected === undefined || actual === undefined
      ? new TestMessage(message)
      : TestMessage.diff(message, expected, actual);
  shown.location = toLocation(uri, range);
  return shown;
}

function findPolicyItem(item: TestItem): TestItem {
  return item.parent === undefined ? item : findPolicyItem(item.parent);
}

function listLeaves(item: TestItem): readonly TestItem[] {
  return [item, ...listDescendants(item)].filter(({ children }) => children.size === 0);
}
