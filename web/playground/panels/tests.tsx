// The tests of the policy: run by the language server, with failures, explanations and how often each rule fired; and its
// invariants.

import type { LSPClient } from '@codemirror/lsp-client';
import { Scrollable } from '@nhipol/components';
import type {
  FileCoverage,
  RuleCoverage,
  RunTestsParams,
  RunTestsResult,
  TestOutcome,
} from '@nhipol/language-server/protocol';
import { useRequested } from '../components/use-requested.ts';
import { InvariantsPanel } from './invariants.tsx';

export interface TestsProps {
  readonly client: LSPClient;
  readonly uri: string;
  /** The text of the policy; its results are shown until it changes. */
  readonly text: string;
  readonly count: number;
  readonly invariants: number;
  readonly hasErrors: boolean;
  readonly onCoverage: (coverage: FileCoverage | undefined) => void;
  readonly onShow: (line: number) => void;
}

export function TestsPanel(props: TestsProps) {
  const { client, uri, text, count, invariants, hasErrors, onCoverage, onShow } = props;
  const { current, failure, send } = useRequested<RunTestsResult>(client, text);
  const run = async () => {
    const params: RunTestsParams = { textDocument: { uri } };
    const result = await send('nhipol/runTests', params);
    if (result !== undefined) onCoverage(result.coverage.find((file) => file.uri === uri));
  };
  return (
    <>
      <h2>Tests</h2>
      <div class="row">
        <button type="button" class="main" disabled={hasErrors || count === 0} onClick={run}>
          Run {count === 1 ? '1 test' : `${count} tests`}
        </button>
      </div>
      {hasErrors && <p class="note">Tests run when the policy has no errors.</p>}
      {!hasErrors && count === 0 && (
        <p class="note">
          This policy has no tests. A test states a request and the answer that it must get:{' '}
          <code>test "name" {'{ request { … } expect permit }'}</code>
        </p>
      )}
      {failure !== undefined && <p class="note">{failure}</p>}
      {current !== undefined && <Results result={current} uri={uri} onShow={onShow} />}
      {!hasErrors && invariants > 0 && (
        <InvariantsPanel client={client} uri={uri} text={text} count={invariants} onShow={onShow} />
      )}
    </>
  );
}

interface ResultsProps {
  readonly result: RunTestsResult;
  readonly uri: string;
  readonly onShow: (line: number) => void;
}

function Results({ result: { results, coverage }, uri, onShow }: ResultsProps) {
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const rules = coverage.flatMap((file) => (file.uri === uri ? file.rules : []));
  return (
    <>
      <p role="status">
        {results.length - failed.length} passed, {failed.length} failed
      </p>
      <ul class="tests">
        {results.map((test) => (
          <TestLine key={test.name} test={test} onShow={onShow} />
        ))}
      </ul>
      <h3>Rules</h3>
      <Scrollable label="Coverage of rules" class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">true</th>
              <th scope="col">false</th>
              <th scope="col">unknown</th>
              <th scope="col">Fired in</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <RuleRow key={`${rule.name} ${rule.range.start.line}`} rule={rule} onShow={onShow} />
            ))}
          </tbody>
        </table>
      </Scrollable>
    </>
  );
}

function TestLine({ test, onShow }: { readonly test: TestOutcome } & Pick<ResultsProps, 'onShow'>) {
  const { name, outcome, failures } = test;
  if (outcome === 'passed') {
    return (
      <li>
        <span class="tested mark">passed</span> {name}
      </li>
    );
  }
  return (
    <li>
      <span class="none mark">failed</span> {name}
      {failures.map(({ message, explanation, range, step }) => (
        <div class="failure" key={step}>
          <button type="button" class="link" onClick={() => onShow(range.start.line + 1)}>
            line {range.start.line + 1}
          </button>
          <pre>{message}</pre>
          {explanation !== undefined && (
            <details>
              <summary>Why</summary>
              <pre>{explanation}</pre>
            </details>
          )}
        </div>
      ))}
    </li>
  );
}

function RuleRow({ rule, onShow }: { readonly rule: RuleCoverage } & Pick<ResultsProps, 'onShow'>) {
  const { name, range, counts, firedBy } = rule;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => onShow(range.start.line + 1)}>
          {name}
        </button>
      </th>
      <td>{counts.holds}</td>
      <td>{counts.not}</td>
      <td>{counts.unknown}</td>
      <td>
        {firedBy.length === 0 ? (
          <span class="none mark">no test</span>
        ) : firedBy.length === 1 ? (
          '1 test'
        ) : (
          `${firedBy.length} tests`
        )}
      </td>
    </tr>
  );
}
