// The effect of an answer as a colored word.

import type { EffectName } from '@nhipol/runtime/abi';

export function Effect({ effect }: { readonly effect: EffectName }) {
  return <span class={`mark ${effect}`}>{effect}</span>;
}
