// The obligations of an answer, from what its reasons ask for, once the module has explained them:
// each once, in the order of the reasons. What is not said whole is left out of a deny, and is a
// failure of the module anywhere else.

import {
  cellLayout,
  type EffectName,
  type Manifest,
  type ManifestDemand,
  type ManifestReason,
} from './abi.ts';
import type { AnswerObligation, JsonValue } from './answer.ts';
import { misread } from './engine-failure.ts';
import type { Instance } from './instance.ts';
import { cellToJson, isKnown } from './values.ts';

export function asks({ asks: asked }: ManifestReason, effect: EffectName): boolean {
  return asked?.effect === effect;
}

export class ObligationReader {
  readonly #manifest: Manifest;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  /** `reasons`: those that fired, in order. */
  read(
    instance: Instance,
    effect: EffectName,
    reasons: readonly ManifestReason[],
  ): readonly AnswerObligation[] {
    const found = new Map<string, AnswerObligation>();
    for (const reason of reasons.filter((each) => asks(each, effect))) {
      for (const demand of reason.asks?.obligations ?? []) {
        const { name, type } = this.#obligation(demand);
        const said = this.#said(instance, demand);
        if (said === undefined) {
          if (effect === 'deny' || effect === 'revoke') continue;
          throw misread('an obligation that is not known');
        }
        const key = JSON.stringify([name, said], (_, value) =>
          typeof value === 'bigint' ? `${value}` : value,
        );
        const before = found.get(key)?.reasons ?? [];
        found.set(key, {
          name,
          type,
          properties: Object.fromEntries(said),
          reasons: [...new Set([...before, reason.id])],
        });
      }
    }
    return [...found.values()];
  }

  #obligation({ obligation }: ManifestDemand) {
    const found = this.#manifest.obligations?.[obligation];
    if (found === undefined) throw misread('an obligation that the manifest does not list');
    return found;
  }

  /** Undefined where a value is not known. */
  #said(
    { memory, properties }: Instance,
    demand: ManifestDemand,
  ): readonly (readonly [string, JsonValue])[] | undefined {
    const said: (readonly [string, JsonValue])[] = [];
    for (const name of Object.keys(demand.properties).sort()) {
      const index = demand.properties[name] ?? -1;
      const type = this.#manifest.properties?.[index];
      if (type === undefined || properties === undefined) {
        throw misread('a property that the manifest does not list');
      }
      const cell = properties + index * cellLayout.size;
      if (!isKnown(memory, cell)) return undefined;
      said.push([name, cellToJson(memory, cell, type)]);
    }
    return said;
  }
}
