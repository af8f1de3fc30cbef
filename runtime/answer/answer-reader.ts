// Reads an answer that the module wrote, by the manifest. Every number is checked: one that the ABI does not allow
// throws, and so is never taken for an answer.

import {
  type Answer,
  type AnswerError,
  cellLayout,
  effects,
  type JsonValue,
  type Manifest,
  resultFlags,
  resultLayout,
  sessionErrorTexts,
  violations,
} from '../contract/index.ts';
import type { Instance } from '../instance/instance.ts';
import { cellToJson, isPresent } from '../module/cell-values.ts';
import { misread } from '../module/engine-failure.ts';
import type { ModuleMemory } from '../module/memory.ts';
import { digestPath } from '../request/call-digest.ts';
import { invalidAnswer, type OwnReason, ownReason } from './answer.ts';
import { readError } from './error-reader.ts';
import { givenAnswer } from './given-answer.ts';
import { all, type Read, Reads } from './reads.ts';
import { ReasonReader, type Reasons } from './reason-reader.ts';
import { ReusableAnswers } from './reusable-answers.ts';

/** The parts of a result that depend on nothing else. */
interface Head {
  readonly effect: (typeof effects)[number];
  /** A reason that is not a rule. */
  readonly own: keyof typeof ownReasons | undefined;
  readonly isInvalid: boolean;
  readonly validUntil: number | undefined;
}

/** The first error number of members. */
const firstOfMembers = 16;

/** The engine's own reasons, by the names of their flags. */
const ownReasons = {
  defaultDeny: alone('default_deny'),
  clockWentBack: alone('clock_went_back'),
  revokedBefore: alone('revoked_before'),
} as const;

const ownNames = Object.keys(ownReasons) as (keyof typeof ownReasons)[];

function alone(id: OwnReason): Reasons {
  return { details: [ownReason(id)], obligations: [], accessRequest: undefined, ids: [id] };
}

export class AnswerReader {
  readonly #manifest: Manifest;
  readonly #reasons: ReasonReader;
  readonly #reads: Reads;
  readonly #kept: ReusableAnswers;
  /** Indexes of constraints, in ASCII order of their names. */
  readonly #constraints: readonly number[];

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#reasons = new ReasonReader(manifest);
    this.#reads = new Reads(manifest);
    this.#kept = new ReusableAnswers(manifest);
    const nameOf = (index: number) => manifest.constraints[index]?.name ?? '';
    this.#constraints = [...manifest.constraints.keys()].sort((a, b) =>
      nameOf(a) < nameOf(b) ? -1 : 1,
    );
  }

  /** Whether an answer needs more of the request than its evaluation did. */
  #needsExplaining({ memory, reasons }: Instance, result: number): boolean {
    const effect = effects[memory.u32(result + resultLayout.effect)];
    const count = memory.u32(result + resultLayout.reasonCount);
    return effect !== undefined && this.#reasons.needExplaining(memory, reasons, effect, count);
  }

  /** The error in the module's latest input, if any. */
  errorOf({ memory, exports }: Instance): AnswerError | undefined {
    return readError(memory, exports.result.value >>> 0, this.#manifest);
  }

  /** `isPart`: the module has only the facts that evaluation needs. Returns undefined if the answer needs more. */
  read(instance: Instance, result: number, isPart: boolean): Answer | undefined {
    const key = this.#kept.keyOf(instance, result);
    const cached = key < 0 ? undefined : this.#kept.get(key, readUntil(instance.memory, result));
    if (cached !== undefined) return cached;
    const isExplained = this.#needsExplaining(instance, result);
    if (isExplained && isPart) return undefined;
    const answer = this.#read(instance, result);
    if (key >= 0 && !isExplained) this.#kept.keep(key, answer);
    return answer;
  }

  #read(instance: Instance, result: number): Answer {
    const { memory } = instance;
    const { effect, own, isInvalid, validUntil } = readHead(memory, result);
    const error = readError(memory, result, this.#manifest);
    if (isInvalid !== (error !== undefined)) throw misread(violations.errorFlag);
    const count = memory.u32(result + resultLayout.reasonCount);
    const isOwn = own !== undefined || (isInvalid && effect === 'deny');
    if (isOwn !== (count === 0)) throw misread(violations.effectReasons);
    const read = this.#readOf(memory, result, { effect, own, isInvalid });
    if (isOwn && error !== undefined) {
      return givenAnswer({
        ...invalidAnswer(error),
        validUntil,
        read: read.paths,
        singleUse: read.singleUse,
      });
    }
    // Explaining the reasons may overwrite the memory of the constraints.
    const constraints = effect === 'narrow' ? this.#readConstraints(instance) : {};
    const reasons =
      own === undefined ? this.#reasons.read(instance, effect, count) : ownReasons[own];
    const isBound = effect === 'challenge' && read.paths.includes(digestPath);
    return givenAnswer({
      effect,
      decision: effect === 'permit' || effect === 'narrow',
      reasons: reasons.ids,
      reasonDetails: reasons.details,
      constraints,
      obligations: reasons.obligations,
      accessRequest: reasons.accessRequest,
      validUntil,
      read: read.paths,
      singleUse: read.singleUse,
      callDigest: isBound ? instance.digest?.judged() : undefined,
      error,
    });
  }

  #readConstraints({ memory, constraints }: Instance): Readonly<Record<string, JsonValue>> {
    const entries: [string, JsonValue][] = [];
    for (const index of this.#constraints) {
      const constraint = this.#manifest.constraints[index];
      const cell = constraints + index * cellLayout.size;
      if (constraint === undefined || !isPresent(memory, cell)) continue;
      entries.push([constraint.name, cellToJson(memory, cell, constraint.type)]);
    }
    return Object.fromEntries(entries);
  }

  #readOf(
    memory: ModuleMemory,
    result: number,
    { effect, own, isInvalid }: Omit<Head, 'validUntil'>,
  ): Read {
    const code = memory.u32(result + resultLayout.errorCode);
    if (own === 'clockWentBack' || (isInvalid && !isOfMember(code))) return all;
    const { subjects, actions, resources } = this.#manifest.selectors;
    const selector = (offset: number, names: readonly string[]) => {
      const index = memory.u32(result + offset);
      if (index > names.length) throw misread(violations.unknownSelector);
      return index;
    };
    const selectors = {
      subject: selector(resultLayout.subject, subjects),
      action: selector(resultLayout.action, actions),
      resource: selector(resultLayout.resource, resources),
    };
    return isInvalid
      ? this.#reads.ofInvalid(selectors)
      : this.#reads.of(selectors, effect, own === 'defaultDeny');
  }
}

/** With an error in a member, the rest of the request is still evaluated; with other errors it is not. */
function isOfMember(code: number): boolean {
  return code >= firstOfMembers && !sessionErrorTexts.has(code);
}

function readHead(memory: ModuleMemory, result: number): Head {
  const effect = effects[memory.u32(result + resultLayout.effect)];
  if (effect === undefined) throw misread(violations.unknownEffect);
  const flags = memory.u32(result + resultLayout.flags);
  const isInvalid = (flags & resultFlags.invalid) !== 0;
  const [own, ...others] = ownNames.filter((name) => (flags & resultFlags[name]) !== 0);
  const ownEffect = own === 'revokedBefore' ? 'revoke' : 'deny';
  if (own !== undefined && (effect !== ownEffect || isInvalid || others.length > 0)) {
    throw misread(violations.effectFlags);
  }
  if (isInvalid && effect !== 'deny' && effect !== 'revoke') {
    throw misread(violations.grantedInvalid);
  }
  const validUntil = readUntil(memory, result);
  return { effect, own, isInvalid, validUntil };
}

function readUntil(memory: ModuleMemory, result: number): number | undefined {
  const milliseconds = memory.f64(result + resultLayout.validUntil);
  if (milliseconds === Number.POSITIVE_INFINITY) return undefined;
  if (!Number.isSafeInteger(milliseconds)) throw misread(violations.invalidInstant);
  return milliseconds;
}
