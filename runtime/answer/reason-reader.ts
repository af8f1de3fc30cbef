// Reads the reasons of an answer: fills in their messages, the paths that made them unknown and the obligations,
// in the order of ids and then of their positions in the sources.

import {
  type AnswerAccessRequest,
  type AnswerObligation,
  cellLayout,
  type EffectName,
  type Manifest,
  type ManifestReason,
  type ReasonDetail,
  reasonLayout,
  violations,
} from '../contract/index.ts';
import type { Instance } from '../instance/instance.ts';
import { showCell } from '../module/cell-values.ts';
import { misread } from '../module/engine-failure.ts';
import type { ModuleMemory } from '../module/memory.ts';
import { asks, ObligationReader } from './obligation-reader.ts';

const unknownBits = 64;

interface Fired {
  readonly reason: ManifestReason;
  readonly isUnknown: boolean;
  readonly entry: number;
}

export interface Reasons {
  readonly details: readonly ReasonDetail[];
  /** Each once. */
  readonly ids: readonly string[];
  readonly obligations: readonly AnswerObligation[];
  readonly accessRequest: AnswerAccessRequest | undefined;
}

export class ReasonReader {
  readonly #manifest: Manifest;
  readonly #obligations: ObligationReader;
  /** Single reasons with a constant text, which most answers have. */
  readonly #single: Readonly<Record<EffectName, Map<ManifestReason, Reasons>>> = {
    permit: new Map(),
    narrow: new Map(),
    challenge: new Map(),
    deny: new Map(),
    revoke: new Map(),
  };

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#obligations = new ObligationReader(manifest);
  }

  read(instance: Instance, effect: EffectName, count: number): Reasons {
    if (count > this.#manifest.reasons.length) throw misread(violations.tooManyReasons);
    if (count > 1) return this.#make(instance, effect, count);
    const { reason, isUnknown } = this.#fired(instance.memory, instance.reasons);
    const cached = isUnknown ? undefined : this.#single[effect].get(reason);
    if (cached !== undefined) return cached;
    if (needsExplaining(effect, { reason, isUnknown })) return this.#make(instance, effect, count);
    const made = this.#make(instance, effect, count);
    this.#single[effect].set(reason, made);
    return made;
  }

  /** Whether any of the reasons needs more of the request than its evaluation did. */
  needExplaining(memory: ModuleMemory, start: number, effect: EffectName, count: number): boolean {
    if (count > this.#manifest.reasons.length) throw misread(violations.tooManyReasons);
    for (let at = 0; at < count; at += 1) {
      const fired = this.#fired(memory, start + at * reasonLayout.size);
      if (needsExplaining(effect, fired)) return true;
    }
    return false;
  }

  #make(instance: Instance, effect: EffectName, count: number): Reasons {
    const fired = Array.from({ length: count }, (_, at) =>
      this.#fired(instance.memory, instance.reasons + at * reasonLayout.size),
    ).sort((a, b) => this.#compare(a.reason, b.reason));
    if (fired.some((each) => needsExplaining(effect, each))) {
      instance.exports.explain();
      instance.memory.refresh();
    }
    const details = fired.map(({ reason, isUnknown, entry }) => ({
      id: reason.id,
      effect,
      message: this.#message(instance, reason),
      firedOn: isUnknown ? ('unknown' as const) : ('true' as const),
      unknown: isUnknown
        ? this.#unknownPaths(reason, instance.memory.u64(entry + reasonLayout.unknown))
        : [],
      source: this.#sourceOf(reason),
    }));
    const reasons = fired.map(({ reason }) => reason);
    return {
      details,
      ids: [...new Set(details.map((detail) => detail.id))],
      obligations: this.#obligations.read(instance, effect, reasons),
      accessRequest: this.#obligations.accessRequest(instance, effect, reasons),
    };
  }

  #fired(memory: ModuleMemory, entry: number): Fired {
    const reason = this.#manifest.reasons[memory.u32(entry + reasonLayout.index)];
    if (reason === undefined) throw misread(violations.unknownReason);
    const isUnknown = (memory.u32(entry + reasonLayout.firedOnUnknown) & 1) !== 0;
    return { reason, isUnknown, entry };
  }

  #message({ memory, placeholders }: Instance, { message }: ManifestReason): string | undefined {
    if (message === undefined) return undefined;
    const parts = message.map((part) => {
      if (typeof part === 'string') return part;
      const type = this.#manifest.placeholders[part];
      if (type === undefined) throw misread(violations.unknownPlaceholder);
      return showCell(memory, placeholders + part * cellLayout.size, type);
    });
    return parts.join('');
  }

  #sourceOf({ source: [index, line, column] }: ManifestReason) {
    const file = this.#manifest.files[index];
    if (file === undefined) throw misread(violations.unknownFile);
    return { file, line, column };
  }

  #compare(a: ManifestReason, b: ManifestReason): number {
    const [here, there] = [this.#sourceOf(a), this.#sourceOf(b)];
    return (
      compareAscii(a.id, b.id) ||
      compareAscii(here.file, there.file) ||
      here.line - there.line ||
      here.column - there.column
    );
  }

  #unknownPaths({ unknown = [] }: ManifestReason, mask: bigint): readonly string[] {
    const paths = new Set<string>();
    for (let bit = 0; bit < unknownBits; bit += 1) {
      if (((mask >> BigInt(bit)) & 1n) === 0n) continue;
      const path = this.#manifest.reads[unknown[bit] ?? -1];
      if (path === undefined) throw misread(violations.unlistedUnknownPath);
      paths.add(path);
    }
    return [...paths].sort();
  }
}

function needsExplaining(
  effect: EffectName,
  { reason, isUnknown }: Pick<Fired, 'reason' | 'isUnknown'>,
): boolean {
  return (
    isUnknown ||
    asks(reason, effect) ||
    (reason.message?.some((part) => typeof part === 'number') ?? false)
  );
}

function compareAscii(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
