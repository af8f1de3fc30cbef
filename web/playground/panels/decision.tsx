// The decision of one request, while it and the policy are typed.

import type { Remote } from 'comlink';
import { useState } from 'preact/hooks';
import { AnswerView } from '../components/answer.tsx';
import { CodeField } from '../components/code-field.tsx';
import { RequestFields } from '../components/request-form.tsx';
import { useLatest } from '../components/use-latest.ts';
import {
  type Failed,
  isFailed,
  type PolicyFiles,
  type PolicyOverview,
  type PolicyService,
  type ShownAnswer,
} from '../worker/contract.ts';

export interface DecisionProps {
  readonly service: Remote<PolicyService>;
  readonly policy: PolicyFiles;
  readonly described: PolicyOverview | undefined;
  readonly request: string;
  readonly onRequest: (request: string) => void;
}

export function DecisionPanel({ service, policy, described, request, onRequest }: DecisionProps) {
  const [isForm, setIsForm] = useState(true);
  const decidedLatest = useLatest<ShownAnswer | Failed>(
    JSON.stringify([policy, request]),
    async () => service.decide(policy, request, Date.now()),
  );
  const form = described?.form;
  return (
    <>
      <h2>Decision</h2>
      {decidedLatest !== undefined && isFailed(decidedLatest) && (
        <p class="note">{decidedLatest.failure}</p>
      )}
      {decidedLatest !== undefined && !isFailed(decidedLatest) && (
        <AnswerView answer={decidedLatest} />
      )}
      <h2>Request</h2>
      <div class="row">
        <button type="button" aria-pressed={isForm} onClick={() => setIsForm(true)}>
          Form
        </button>
        <button type="button" aria-pressed={!isForm} onClick={() => setIsForm(false)}>
          JSON
        </button>
      </div>
      {!isForm && <CodeField label="Request" text={request} onChange={onRequest} />}
      {isForm && described !== undefined && form === undefined && (
        <p class="note">The form appears when the policy has no errors.</p>
      )}
      {isForm && form !== undefined && (
        <RequestFields form={form} request={request} onChange={onRequest} />
      )}
    </>
  );
}
