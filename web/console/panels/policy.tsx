// The active policy, and one that was held back, which can be activated here.

import { displayInstant } from '@nhipol/components';
import { useState } from 'preact/hooks';
import type {
  HeldPolicySummary,
  PolicyName,
  PolicyState,
  ServiceApi,
} from '../state/service-api.ts';

export interface PolicyPanelProps {
  readonly api: ServiceApi;
  readonly policy: PolicyState;
  readonly onActivated: () => Promise<void>;
}

export function PolicyPanel({ api, policy, onActivated }: PolicyPanelProps) {
  const { active, activated_at: since, held, held_tables: heldTables } = policy;
  const [outcome, setOutcome] = useState<string>();
  const activate = async (shown: HeldPolicySummary) => {
    setOutcome(undefined);
    try {
      setOutcome(`Activated: ${await api.activate(shown)}`);
    } catch (error) {
      setOutcome(`The policy was not activated: ${(error as Error).message}`);
    }
    await onActivated();
  };
  return (
    <section class="policies" aria-label="Policies">
      <p>
        <PolicyLabel policy={active} />{' '}
        <span class="soft">active since {displayInstant(since)}</span>{' '}
        <span role="status">{outcome}</span>
      </p>
      {[held, heldTables]
        .filter((policySummary) => policySummary !== null)
        .map((policySummary) => (
          <WaitingPolicyNote
            key={policySummary.digest}
            held={policySummary}
            isActive={policySummary.policy.digest === active.digest}
            onActivate={() => activate(policySummary)}
          />
        ))}
    </section>
  );
}

interface HeldProps {
  readonly held: HeldPolicySummary;
  /** Whether it is the active policy, with other tables. */
  readonly isActive: boolean;
  readonly onActivate: () => Promise<void>;
}

function WaitingPolicyNote({ held: { policy, changes, share }, isActive, onActivate }: HeldProps) {
  const [isActivating, setActivating] = useState(false);
  const tables = isActive ? ' with other tables' : '';
  return (
    <div class="note held">
      <p>
        <PolicyLabel policy={policy} />
        {tables} is held back: it changes the answers to {(100 * share).toFixed(1)} % of the
        sessions ({changes}).
      </p>
      <button
        type="button"
        disabled={isActivating}
        onClick={() => {
          setActivating(true);
          void onActivate().finally(() => setActivating(false));
        }}
      >
        Activate {policy.version}
        {tables}
      </button>
    </div>
  );
}

function PolicyLabel({ policy: { name, version, digest } }: { readonly policy: PolicyName }) {
  return (
    <span title={digest}>
      <strong>{name}</strong> {version}
    </span>
  );
}
