// A session, step by step: decisions, signals and time, with the answer at each moment.

import { displayInstant, SessionTimeline } from '@nhipol/components';
import type { Remote } from 'comlink';
import { useState } from 'preact/hooks';
import { AnswerView } from '../components/answer.tsx';
import { CodeField } from '../components/code-field.tsx';
import { useLatest } from '../components/use-latest.ts';
import { findRequestMember, parseRequestText } from '../state/request.ts';
import {
  type Failed,
  isFailed,
  type Moment,
  type Played,
  type PlaygroundStep,
  type PolicyFiles,
  type PolicyOverview,
  type PolicyService,
} from '../worker/contract.ts';

export interface SessionProps {
  readonly service: Remote<PolicyService>;
  readonly policy: PolicyFiles;
  readonly described: PolicyOverview | undefined;
  readonly request: string;
  readonly steps: readonly PlaygroundStep[];
  readonly onSteps: (steps: readonly PlaygroundStep[]) => void;
}

const waits = [
  ['1 s', 1_000],
  ['1 min', 60_000],
  ['5 min', 300_000],
  ['1 h', 3_600_000],
  ['1 day', 86_400_000],
] as const;

export function SessionPanel(props: SessionProps) {
  const { service, policy, described, request, steps, onSteps } = props;
  const [chosen, setChosen] = useState<number>();
  const played = useLatest<Played | Failed>(JSON.stringify([policy, request, steps]), async () =>
    service.play(policy, request, steps, Date.now()),
  );
  if (played !== undefined && isFailed(played)) return <p class="note">{played.failure}</p>;
  const moments = played?.moments ?? [];
  const last = moments.at(-1);
  const shown = moments[chosen ?? -1] ?? last;
  const add = (step: PlaygroundStep) => {
    setChosen(undefined);
    onSteps([...steps, step]);
  };
  return (
    <>
      <h2>Session</h2>
      <p class="soft">
        It opens with the request of the tab Decision. Each step below happens after the one before
        it.
      </p>
      <div class="row">
        <button type="button" class="main" onClick={() => add({ kind: 'decide', request })}>
          Decide the request
        </button>
        <Wait last={last} onAdd={add} />
        <button
          type="button"
          disabled={steps.length === 0}
          onClick={() => onSteps(steps.slice(0, -1))}
        >
          Undo
        </button>
        <button type="button" disabled={steps.length === 0} onClick={() => onSteps([])}>
          Restart
        </button>
      </div>
      <Signals described={described} onAdd={add} />
      <SessionTimeline
        parts={moments.map(({ effect }, index) => ({
          effect,
          title: formatTitle(steps[index - 1]),
        }))}
        chosen={chosen ?? moments.length - 1}
        onChoose={setChosen}
      />
      {shown !== undefined && (
        <>
          <h3>{displayInstant(shown.at)}</h3>
          {shown.refused !== undefined && <p class="note">{shown.refused}</p>}
          <AnswerView answer={shown} />
        </>
      )}
    </>
  );
}

interface AddProps {
  readonly onAdd: (step: PlaygroundStep) => void;
}

function Wait({ last, onAdd }: AddProps & { readonly last: Moment | undefined }) {
  const end = last?.validUntil === undefined ? undefined : Date.parse(last.validUntil);
  const untilEnd = end === undefined || last === undefined ? undefined : end - last.instant;
  return (
    <>
      {waits.map(([title, milliseconds]) => (
        <button key={title} type="button" onClick={() => onAdd({ kind: 'wait', milliseconds })}>
          +{title}
        </button>
      ))}
      <button
        type="button"
        disabled={untilEnd === undefined || untilEnd <= 0}
        onClick={() => onAdd({ kind: 'wait', milliseconds: untilEnd ?? 0 })}
      >
        Until the answer ends
      </button>
    </>
  );
}

function Signals({
  described,
  onAdd,
}: AddProps & { readonly described: PolicyOverview | undefined }) {
  const signals = described?.signals ?? [];
  const [name, setName] = useState<string>();
  const [payload, setPayload] = useState('{}');
  const chosen = signals.find((signal) => signal.name === name) ?? signals[0];
  if (chosen === undefined) return null;
  return (
    <details>
      <summary>Send a signal</summary>
      <div class="row">
        <label>
          Signal{' '}
          <select
            value={chosen.name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          >
            {signals.map((signal) => (
              <option key={signal.name} value={signal.name}>
                {signal.name}
                {signal.isOutcome ? ' (outcome)' : ''}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => onAdd({ kind: 'signal', name: chosen.name, payload })}>
          Send
        </button>
      </div>
      <p class="soft">
        Members:{' '}
        {chosen.fields.map(({ name: member, type }) => `${member}: ${type}`).join(', ') || 'none'}
      </p>
      <CodeField label="Payload" text={payload} onChange={setPayload} />
    </details>
  );
}

function formatTitle(step: PlaygroundStep | undefined): string {
  if (step === undefined) return 'opens';
  if (step.kind === 'signal') return step.name;
  if (step.kind === 'wait') return `+${displayDuration(step.milliseconds)}`;
  const action = findRequestMember(parseRequestText(step.request), ['action', 'name']);
  return typeof action === 'string' ? action : 'decision';
}

function displayDuration(milliseconds: number): string {
  const units = [
    ['day', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, length] = units.find(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / length} ${unit}`;
}
