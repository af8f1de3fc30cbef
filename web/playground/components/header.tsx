// The header: samples, the link to share, and the color scheme.

import { Scheme } from '@nhipol/components';
import { useState } from 'preact/hooks';
import type { Draft } from '../state/draft.ts';
import type { SampleEntry } from '../state/samples.ts';
import { encodeDraft } from '../state/share.ts';

export interface HeaderProps {
  readonly samples: readonly SampleEntry[];
  readonly draft: Draft;
  readonly onSample: (id: string) => void;
  /** A sentence for the user. */
  readonly onProblem: (problem: string) => void;
}

export function Header({ samples, draft, onSample, onProblem }: HeaderProps) {
  const [shared, setShared] = useState<string>();
  const share = async () => {
    history.replaceState(null, '', await encodeDraft(draft));
    const link = location.href;
    try {
      await navigator.clipboard.writeText(link);
      setShared('Link copied');
    } catch {
      onProblem('The link is in the address bar: the browser does not let this page copy it.');
      return;
    }
    setTimeout(() => setShared(undefined), 3_000);
  };
  return (
    <header class="bar">
      <h1>
        nhipol <span class="soft">playground</span>
      </h1>
      <label>
        <span class="hidden-on-phones">Sample </span>
        <select
          aria-label="Sample"
          value=""
          onChange={({ currentTarget }) => {
            onSample(currentTarget.value);
            currentTarget.value = '';
          }}
        >
          <option value="" disabled>
            Open a sample …
          </option>
          {samples.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        title="Puts the policy, the request and the session into the address. Nothing is uploaded."
        onClick={share}
      >
        Share
      </button>
      <span role="status" class="soft">
        {shared}
      </span>
      <Scheme />
    </header>
  );
}
