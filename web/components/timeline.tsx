// The effects of a session over time as a bar: a part for each moment, which can be chosen.

import type { EffectName } from '@nhipol/runtime/abi';

interface TimelinePart {
  readonly title: string;
  readonly effect: EffectName;
}

export interface TimelineProps {
  readonly parts: readonly TimelinePart[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

export function SessionTimeline({ parts, chosen, onChoose }: TimelineProps) {
  return (
    <ol class="timeline" aria-label="Moments of the session">
      {parts.map(({ title, effect }, index) => (
        // Moments have no other identity.
        <li key={index}>
          <button
            type="button"
            class={`moment ${effect}`}
            aria-pressed={index === chosen}
            onClick={() => onChoose(index)}
          >
            <span class="bar" aria-hidden="true" />
            <span class="title">{title}</span>
            <span class="effect">{effect}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
