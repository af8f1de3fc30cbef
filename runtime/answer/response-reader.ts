// Reads the answers of a module: the header of a response, and its text unless an equal answer was read before.

import {
  type Answer,
  type AnswerError,
  answerFlags,
  effects,
  forms,
  headerLayout,
  type ModuleExports,
  violations,
} from '../contract/index.ts';
import { fromUtf8 } from '../json/utf8.ts';
import { createMisreadFailure } from '../module/engine-failure.ts';
import type { ModuleMemory } from '../module/memory.ts';
import { AnswerCache } from './answer-cache.ts';
import { changeValidity } from './given-answer.ts';
import { parseResponse } from './parse-response.ts';
import { type Possibility, readPossibility } from './possibility.ts';

/** The first index of effects that refuse. */
const firstRefusal = effects.indexOf('challenge');
const highUnit = 2 ** 32;

/** The part of an instance that answers are read from. */
export interface Answering {
  readonly exports: Pick<ModuleExports, 'respond'>;
  readonly memory: ModuleMemory;
}

export class ResponseReader {
  readonly #cache = new AnswerCache();

  /** `header`: the address that a call returned which writes a response only if the answer has no key. */
  read({ exports, memory }: Answering, header: number): Answer {
    const key = readHeaderKey(memory, header);
    const cached = key === 0 ? undefined : this.#cache.get(key);
    if (cached !== undefined) return changeValidity(cached, readValidity(memory, header));
    const written =
      memory.u32(header + headerLayout.length) === 0
        ? exports.respond(forms.response) >>> 0
        : header;
    const answer = readAnswer(memory, written);
    if (key !== 0) this.#cache.keep(key, changeValidity(answer, undefined));
    return answer;
  }

  /** The same for a possibility; a permit has no response. */
  possibility(instance: Answering, header: number): Possibility {
    const { memory } = instance;
    return isGrant(readEffect(memory, header))
      ? { possible: true, reasons: [], validUntil: readValidity(memory, header), error: undefined }
      : readPossibility(this.read(instance, header));
  }

  /** The key of the answer; 0: it has none, and cannot be cached. */
  readKey({ memory }: Answering, header: number): number {
    return readHeaderKey(memory, header);
  }
}

/** The response at the address, which was written. */
export function readAnswer(memory: ModuleMemory, header: number): Answer {
  const effect = readEffect(memory, header);
  const answer = parseResponse(
    decodeText(readResponse(memory, header)),
    readValidity(memory, header),
  );
  if (answer.effect !== effect || answer.decision !== isGrant(effect)) {
    throw createMisreadFailure(violations.otherEffect);
  }
  return answer;
}

/** A response as the module wrote it. */
export interface WrittenResponse {
  readonly effect: Answer['effect'];
  /** Whether the request was invalid, so that the response has an error. */
  readonly isInvalid: boolean;
  /** The AuthZEN evaluation response, JSON in UTF-8. */
  readonly bytes: Uint8Array;
}

/** The response at the address, which was written; its bytes are a copy. */
export function readWrittenResponse(memory: ModuleMemory, header: number): WrittenResponse {
  const bytes = readResponse(memory, header).slice();
  const isInvalid = (memory.u8(header + headerLayout.flags) & answerFlags.invalid) !== 0;
  return { effect: readEffect(memory, header), isInvalid, bytes };
}

/** The bytes of the response, in the module's memory. */
function readResponse(memory: ModuleMemory, header: number): Uint8Array {
  readEffect(memory, header);
  const length = memory.u32(header + headerLayout.length);
  if (length === 0) throw createMisreadFailure(violations.noResponse);
  return memory.bytes(header + headerLayout.size, length);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch {
    throw createMisreadFailure(violations.invalidUtf8);
  }
}

/** The error of a call that was refused. */
export function readError(memory: ModuleMemory, header: number): AnswerError {
  const { error } = readAnswer(memory, header);
  if (error === undefined) throw createMisreadFailure(violations.noError);
  return error;
}

function isGrant(effect: Answer['effect']): boolean {
  return effects.indexOf(effect) < firstRefusal;
}

function readEffect(memory: ModuleMemory, header: number): Answer['effect'] {
  if (header === 0 || !memory.holds(header, headerLayout.size))
    throw createMisreadFailure(violations.noResponse);
  const index = memory.u8(header + headerLayout.effect);
  const effect = effects[index];
  if (effect === undefined) throw createMisreadFailure(violations.unknownEffect);
  const isInvalid = (memory.u8(header + headerLayout.flags) & answerFlags.invalid) !== 0;
  if (isInvalid && index < firstRefusal) throw createMisreadFailure(violations.grantedInvalid);
  return effect;
}

function readValidity(memory: ModuleMemory, header: number): number | undefined {
  const until = memory.f64(header + headerLayout.validUntil);
  if (until === Number.POSITIVE_INFINITY) return undefined;
  if (!Number.isSafeInteger(until)) throw createMisreadFailure(violations.invalidInstant);
  return until;
}

/** Keys beyond the integers that are exact count as none. */
function readHeaderKey(memory: ModuleMemory, header: number): number {
  readEffect(memory, header);
  const high = memory.u32(header + headerLayout.key + 4);
  if (high >= 2 ** 21) return 0;
  return high * highUnit + memory.u32(header + headerLayout.key);
}
