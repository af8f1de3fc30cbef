// The obligations of an answer, from what its reasons require, after the module explained them: each once, in the
// order of the reasons. An obligation with an unknown value is left out of a deny; with any other effect it is a
// failure of the module. Also reads the access request, which is the first of its kind.

import {
  type AnswerAccessRequest,
  type AnswerObligation,
  accessRequestType,
  cellLayout,
  type EffectName,
  type JsonValue,
  type Manifest,
  type ManifestDemand,
  type ManifestObligation,
  type ManifestReason,
  type TypeDescription,
  violations,
} from '../contract/index.ts';
import type { Instance } from '../instance/instance.ts';
import { cellToJson, isKnown } from '../module/cell-values.ts';
import { misread } from '../module/engine-failure.ts';

export function asks({ asks: asked }: ManifestReason, effect: EffectName): boolean {
  return asked?.effect === effect;
}

/** An obligation that a reason requires. */
interface Asked {
  readonly reason: string;
  readonly demand: ManifestDemand;
  readonly obligation: ManifestObligation;
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
    for (const { reason, demand, obligation } of this.#required(effect, reasons)) {
      const { name, type } = obligation;
      if (type === accessRequestType) continue;
      const properties = this.#readProperties(instance, demand);
      if (properties === undefined) {
        if (effect === 'deny' || effect === 'revoke') continue;
        throw misread(violations.unusableObligation);
      }
      const key = JSON.stringify([name, properties], (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      const before = found.get(key)?.reasons ?? [];
      found.set(key, {
        name,
        type,
        properties: Object.fromEntries(properties),
        reasons: [...new Set([...before, reason])],
      });
    }
    return [...found.values()];
  }

  /** None if the module evaluated without an instant, since the end could not be computed. */
  accessRequest(
    instance: Instance,
    effect: EffectName,
    reasons: readonly ManifestReason[],
  ): AnswerAccessRequest | undefined {
    const asked = this.#required(effect, reasons).find(
      ({ obligation }) => obligation.type === accessRequestType,
    );
    if (asked === undefined) return undefined;
    const { reason, demand, obligation } = asked;
    const evaluatedAt = instantOf(instance);
    if (evaluatedAt === undefined) return undefined;
    const properties = this.#readProperties(instance, demand);
    if (properties === undefined) throw misread(violations.unusableAccessRequest);
    return {
      name: obligation.name,
      properties: Object.fromEntries(properties),
      reason,
      evaluatedAt,
      expiresAt: evaluatedAt + this.#lasting(instance, demand),
    };
  }

  #lasting(instance: Instance, { properties }: ManifestDemand): bigint {
    const { cell, type } = this.#cell(instance, properties.expires_in ?? -1);
    if (type.kind !== 'Duration') throw misread(violations.endlessAccessRequest);
    return instance.memory.i64(cell);
  }

  #required(effect: EffectName, reasons: readonly ManifestReason[]): readonly Asked[] {
    const asking = reasons.filter((reason) => asks(reason, effect));
    return asking.flatMap(({ id, asks: asked }) =>
      (asked?.obligations ?? []).map((demand) => {
        const obligation = this.#manifest.obligations?.[demand.obligation];
        if (obligation === undefined) throw misread(violations.unknownObligation);
        return { reason: id, demand, obligation };
      }),
    );
  }

  /** undefined: a value is not known. */
  #readProperties(
    instance: Instance,
    { properties }: ManifestDemand,
  ): readonly (readonly [string, JsonValue])[] | undefined {
    const values: (readonly [string, JsonValue])[] = [];
    for (const name of Object.keys(properties).sort()) {
      const { cell, type } = this.#cell(instance, properties[name] ?? -1);
      if (!isKnown(instance.memory, cell)) return undefined;
      values.push([name, cellToJson(instance.memory, cell, type)]);
    }
    return values;
  }

  #cell({ properties }: Instance, index: number): { cell: number; type: TypeDescription } {
    const type = this.#manifest.properties?.[index];
    if (type === undefined || properties === undefined) {
      throw misread(violations.unknownProperty);
    }
    return { cell: properties + index * cellLayout.size, type };
  }
}

/** undefined: the module evaluated without an instant. */
function instantOf({ exports }: Instance): bigint | undefined {
  const instant = exports.instant?.();
  if (instant !== undefined && Number.isNaN(instant)) return undefined;
  if (!Number.isSafeInteger(instant)) throw misread(violations.invalidInstant);
  return BigInt(instant as number);
}
