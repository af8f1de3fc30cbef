// Carries out the commands of code lenses for editors without an extension: failed expectations become diagnostics, and
// a message says the result in a sentence.

import { formatSentence, pluralize } from '@nhipol/language/support';
import {
  DiagnosticSeverity,
  type ExecuteCommandParams,
  MessageType,
  ShowMessageNotification,
} from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import type { Finding } from '../findings.ts';
import { hasTestName } from '../index/tests.ts';
import { commands } from '../protocol.ts';
import type { Publisher } from '../publisher.ts';
import type { RanTest } from '../runs/test-run.ts';
import { convertUriToPath } from '../uris.ts';

export class Commands {
  readonly #context: ServerContext;
  readonly #publisher: Publisher;
  /** The tests that run after each change, by policy: each with its last result. */
  readonly #watched = new Map<string, Map<string, boolean>>();

  constructor(context: ServerContext, publisher: Publisher) {
    this.#context = context;
    this.#publisher = publisher;
    publisher.onChange(() => void this.#runWatched());
  }

  async execute({ command, arguments: given = [] }: ExecuteCommandParams): Promise<unknown> {
    const [uri, name, tests] = given as [string?, string?, string[]?];
    if (uri === undefined || name === undefined) return null;
    switch (command) {
      case commands.runTest:
        return this.#run(uri, name);
      case commands.watchTest:
        return this.#watch(uri, name);
      case commands.explainTest:
        return this.#explain(uri, name);
      case commands.showTests:
        return this.#showTests(name, tests ?? []);
      case commands.showCounterexample:
        return this.#showCounterexample(uri, name);
      default:
        return null;
    }
  }

  async #run(uri: string, name: string): Promise<RunResult> {
    const result = toRunResult(name, await this.#ran(uri, [name]));
    this.#show(result.failed.length === 0, formatMessage(name, result));
    await this.#publisher.publish();
    return result;
  }

  /** Runs tests, and sets the diagnostics of their failures. */
  async #ran(uri: string, names: readonly string[]): Promise<readonly RanTest[]> {
    const { findings, runs } = this.#context;
    const { listFailures } = await import('../runs/test-report.ts');
    const { analysis, positions } = await this.#context.expectChecked(uri);
    const { results = [] } = (await runs.of(analysis)) ?? {};
    const chosen = results.filter(({ listed }) => names.some((name) => hasTestName(listed, name)));
    const severity = DiagnosticSeverity.Error;
    const failures = chosen.flatMap((ranTest) => listFailures(ranTest, positions));
    const foundFindings = failures.map(
      ({ span, message }): Finding => ({ span, message, severity }),
    );
    findings.set('nhipol test', analysis, foundFindings);
    return chosen;
  }

  /** Starts to watch a test, or stops. Returns whether it is watched. */
  async #watch(uri: string, name: string): Promise<boolean> {
    const path = convertUriToPath(uri);
    const watched = this.#watched.get(path) ?? new Map<string, boolean>();
    this.#watched.set(path, watched);
    if (watched.delete(name)) {
      this.#show(true, `The test ${JSON.stringify(name)} is no longer watched.`);
      return false;
    }
    const { failed } = await this.#run(uri, name);
    watched.set(name, failed.length === 0);
    return true;
  }

  /** Runs the watched tests, and reports those whose results changed. A policy with errors waits for its next change. */
  async #runWatched(): Promise<void> {
    for (const [path, watched] of this.#watched) {
      if (watched.size === 0) continue;
      const ran = await this.#ran(this.#context.toUri(path), [...watched.keys()]).catch(() => []);
      for (const [name, passed] of watched) {
        const result = toRunResult(name, ran);
        if (result.tests === 0 || (result.failed.length === 0) === passed) continue;
        watched.set(name, !passed);
        this.#show(!passed, formatMessage(name, result));
      }
      await this.#publisher.publish();
    }
  }

  /** Opens the explanation as a document, if the client can; otherwise shows it as a message. */
  async #explain(uri: string, name: string): Promise<string | null> {
    const { clock } = this.#context;
    const { explainTestOrRequest: explanationOf } = await import('../runs/explanation.ts');
    const explained = await this.#context.at(uri, ({ analysis }) =>
      explanationOf(analysis, { test: name }, clock()),
    );
    if (explained === null) return null;
    if ('error' in explained) {
      this.#show(false, formatSentence(explained.error));
      return null;
    }
    const text = `# ${name}\n\n${explained.markdown}\n`;
    const plain = explained.markdown.replace(/^```.*$\n?/gm, '');
    await this.#open('explanation.md', text, plain);
    return explained.markdown;
  }

  /** Shows what refutes an invariant. */
  async #showCounterexample(uri: string, name: string): Promise<object | null> {
    const { analysis } = await this.#context.expectChecked(uri);
    const proofs = await this.#context.proofs.of(analysis);
    const found = proofs?.find((proof) => proof.name === name)?.counterexample;
    if (found === undefined) return null;
    const text = `${JSON.stringify(found, null, 2)}\n`;
    await this.#open('counterexample.json', text, text);
    return found;
  }

  /** Opens a document if the client can; otherwise shows a message. */
  async #open(name: string, text: string, message: string): Promise<void> {
    const { client, host, connection } = this.#context;
    const canOpen = client.window?.showDocument?.support === true;
    const written = canOpen ? await host.writeDocument?.(name, text) : undefined;
    if (written === undefined) this.#show(true, message);
    else await connection.window.showDocument({ uri: written, takeFocus: true });
  }

  #showTests(rule: string, tests: readonly string[]): null {
    const names = tests.map((test) => JSON.stringify(test)).join(', ');
    this.#show(
      true,
      tests.length === 0 ? `No test fires \`${rule}\`.` : `\`${rule}\` is fired by ${names}.`,
    );
    return null;
  }

  #show(isGood: boolean, message: string): void {
    const type = isGood ? MessageType.Info : MessageType.Error;
    void this.#context.connection.sendNotification(ShowMessageNotification.type, { type, message });
  }
}

/** The result of a test, or of a test with rows. */
interface RunResult {
  readonly tests: number;
  readonly failed: readonly string[];
}

function toRunResult(name: string, ran: readonly RanTest[]): RunResult {
  const namedTests = ran.filter(({ listed }) => hasTestName(listed, name));
  const failed = namedTests.filter(({ result: { passed } }) => !passed);
  return { tests: namedTests.length, failed: failed.map(({ listed }) => listed.name) };
}

function formatMessage(name: string, { tests, failed }: RunResult): string {
  const shown = JSON.stringify(name);
  if (tests === 0) return `There is no test ${shown}.`;
  if (tests === 1) return `The test ${shown} ${failed.length === 0 ? 'passed' : 'failed'}.`;
  return failed.length === 0
    ? `All ${tests} rows of the test ${shown} passed.`
    : `${failed.length} of ${pluralize(tests, 'row')} of the test ${shown} failed.`;
}
