// The page: the policy on one side, and the panels about it on the other; on a narrow screen, one at a time.

import type { EditorView } from '@codemirror/view';
import type { FileCoverage } from '@nhipol/language-server/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Header } from './components/header.tsx';
import { PolicyField } from './components/policy-field.tsx';
import { TabList, TabPanel } from './components/tabs.tsx';
import { useLatest } from './components/use-latest.ts';
import { useNarrow } from './components/use-narrow.ts';
import type { Connection } from './editor/connection.ts';
import { showCoverage } from './editor/coverage-gutter.ts';
import { ComparePanel } from './panels/compare.tsx';
import { DecisionPanel } from './panels/decision.tsx';
import { ModulePanel } from './panels/module.tsx';
import { SessionPanel } from './panels/session.tsx';
import { TestsPanel } from './panels/tests.tsx';
import { type Draft, getPolicyText, withText } from './state/draft.ts';
import { loadSample, type SampleEntry } from './state/samples.ts';
import type { PolicyOverview } from './worker/contract.ts';

export interface AppProps {
  readonly connection: Connection;
  readonly samples: readonly SampleEntry[];
  readonly start: Draft;
  /** A sentence about the link that was opened. */
  readonly notice: string | undefined;
}

const panels = [
  { id: 'decision', title: 'Decision' },
  { id: 'tests', title: 'Tests' },
  { id: 'session', title: 'Session' },
  { id: 'compare', title: 'Changes' },
  { id: 'module', title: 'Module' },
] as const;
const policyTab = { id: 'policy', title: 'Policy' } as const;

export function PlaygroundApp({
  connection: { client, service },
  samples,
  start,
  notice,
}: AppProps) {
  const [draft, setDraft] = useState(start);
  const [base, setBase] = useState(start.policy);
  const [opening, setOpening] = useState(0);
  const isNarrow = useNarrow();
  const [tab, setTab] = useState<string>('decision');
  const view = useRef<EditorView | undefined>(undefined);
  const [problem, setProblem] = useState(notice);

  const { policy, request, steps } = draft;
  const uri = `file://${policy.entry}`;
  const policyKey = JSON.stringify(policy);
  const described = useLatest<PolicyOverview>(policyKey, async () => service.describe(policy));
  const hasErrors = described !== undefined && described.errors > 0;
  const changePolicy = (text: string) =>
    setDraft((old) => ({ ...old, policy: withText(old.policy, text) }));

  const open = async (next: Draft) => {
    await service.provide(next.policy);
    setDraft(next);
    setBase(next.policy);
    setOpening((count) => count + 1);
    setProblem(undefined);
  };
  const openSample = (id: string) =>
    loadSample(id)
      .then(open)
      .catch((error: Error) => setProblem(error.message));
  const onCoverage = (coverage: FileCoverage | undefined) => {
    if (view.current !== undefined) showCoverage(view.current, coverage);
  };
  const showLine = (line: number) => {
    setTab((old) => (isNarrow ? policyTab.id : old));
    requestAnimationFrame(() => view.current !== undefined && goToLine(view.current, line));
  };
  useEffect(() => {
    const name = described?.name ?? '';
    document.title = name === '' ? 'nhipol playground' : `${name} – nhipol playground`;
  }, [described?.name]);

  const tabs = isNarrow ? [policyTab, ...panels] : panels;
  const chosen = !isNarrow && tab === policyTab.id ? 'decision' : tab;
  const isPolicyShown = !isNarrow || chosen === policyTab.id;
  return (
    <>
      <Header samples={samples} draft={draft} onSample={openSample} onProblem={setProblem} />
      {problem !== undefined && (
        <p class="note notice" role="alert">
          {problem}
        </p>
      )}
      <main>
        {isNarrow && <TabList label="Views" tabs={tabs} chosen={chosen} onChoose={setTab} />}
        <section
          id="panel-policy"
          class="policy"
          hidden={!isPolicyShown}
          {...(isNarrow
            ? { role: 'tabpanel', 'aria-labelledby': 'tab-policy' }
            : { 'aria-label': 'Policy' })}
        >
          <PolicyField
            client={client}
            uri={uri}
            text={getPolicyText(policy)}
            opening={opening}
            onChange={changePolicy}
            onView={(opened) => {
              view.current = opened;
            }}
          />
        </section>
        <div class="panels" hidden={isNarrow && isPolicyShown}>
          {!isNarrow && <TabList label="Panels" tabs={tabs} chosen={chosen} onChoose={setTab} />}
          <TabPanel id="decision" chosen={chosen}>
            <DecisionPanel
              service={service}
              policy={policy}
              described={described}
              request={request}
              onRequest={(changed) => setDraft((old) => ({ ...old, request: changed }))}
            />
          </TabPanel>
          <TabPanel id="tests" chosen={chosen}>
            <TestsPanel
              client={client}
              uri={uri}
              text={policyKey}
              count={described?.tests ?? 0}
              invariants={described?.invariants ?? 0}
              hasErrors={hasErrors}
              onCoverage={onCoverage}
              onShow={showLine}
            />
          </TabPanel>
          <TabPanel id="session" chosen={chosen}>
            <SessionPanel
              service={service}
              policy={policy}
              described={described}
              request={request}
              steps={steps}
              onSteps={(changed) => setDraft((old) => ({ ...old, steps: changed }))}
            />
          </TabPanel>
          <TabPanel id="compare" chosen={chosen}>
            <ComparePanel service={service} policy={policy} base={base} onBase={setBase} />
          </TabPanel>
          <TabPanel id="module" chosen={chosen}>
            <ModulePanel policy={policy} hasErrors={hasErrors} />
          </TabPanel>
        </div>
      </main>
    </>
  );
}

function goToLine(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}
