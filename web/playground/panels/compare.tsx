// The differences between the policy and an earlier version of it.

import type { Remote } from 'comlink';
import { useState } from 'preact/hooks';
import { Markup } from '../components/markup.tsx';
import {
  type ComparisonHtml,
  type Failed,
  isFailed,
  type PolicyFiles,
  type PolicyService,
} from '../worker/contract.ts';

export interface CompareProps {
  readonly service: Remote<PolicyService>;
  readonly policy: PolicyFiles;
  /** The earlier version. */
  readonly base: PolicyFiles;
  readonly onBase: (base: PolicyFiles) => void;
}

interface Result {
  readonly of: string;
  readonly found: ComparisonHtml | Failed;
}

export function ComparePanel({ service, policy, base, onBase }: CompareProps) {
  const [result, setResult] = useState<Result>();
  const [isRunning, setIsRunning] = useState(false);
  const versions = JSON.stringify([base, policy]);
  const run = async () => {
    setIsRunning(true);
    const found = await service.compare(base, policy);
    setIsRunning(false);
    setResult({ of: versions, found });
  };
  const current = result?.of === versions ? result.found : undefined;
  return (
    <>
      <h2>Changes</h2>
      <p class="soft">
        Requests near the boundaries of both versions show what your changes permit, narrow or deny.
        The earlier version is the one that was opened, or the one that you kept.
      </p>
      <div class="row">
        <button type="button" class="main" disabled={isRunning} onClick={run}>
          Compare
        </button>
        <button type="button" onClick={() => onBase(policy)}>
          Keep this version as the earlier one
        </button>
      </div>
      <div role="status">
        {isRunning && <p class="soft">Comparing 1,000 requests …</p>}
        {current !== undefined && isFailed(current) && <p class="note">{current.failure}</p>}
        {current !== undefined && !isFailed(current) && <Markup html={current.html} />}
      </div>
    </>
  );
}
