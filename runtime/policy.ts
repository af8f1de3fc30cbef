// A loaded policy. Requests come in, answers go out, and nothing is ever thrown: whatever fails, the
// module or the reading of the request, is a deny. An instance that failed is not asked again.

import type { Manifest } from './abi.ts';
import { type Answer, type AnswerError, engineErrorAnswer, invalidAnswer } from './answer.ts';
import { AnswerReader } from './answer-reader.ts';
import { encodeRequest } from './encode.ts';
import { EngineFailure } from './engine-failure.ts';
import type { Instance } from './instance.ts';
import { type DecideOptions, type ModuleInstant, milliseconds, moduleInstant } from './instant.ts';
import { toUtf8, wellFormedToUtf8 } from './text.ts';

/** A module takes a length as an i32; it refuses all that are too long alike. */
const longest = 0x7fff_ffff;

export class Policy {
  readonly manifest: Manifest;
  readonly #reader: AnswerReader;
  readonly #instantiate: () => Instance;
  /** undefined while it is being asked, and after it failed. */
  #instance: Instance | undefined;
  /** Whether the instance holds the request that was asked about last. */
  #holdsRequest = false;

  constructor(manifest: Manifest, instantiate: () => Instance) {
    this.manifest = manifest;
    this.#reader = new AnswerReader(manifest);
    this.#instantiate = instantiate;
    this.#instance = instantiate();
  }

  /** Decides an AuthZEN evaluation request. */
  decide(request: unknown, options?: DecideOptions): Answer {
    return this.#ask(options, () => {
      const text = encodeRequest(request);
      return typeof text === 'string' ? wellFormedToUtf8(text) : text;
    });
  }

  /** Decides an AuthZEN evaluation request in JSON. */
  decideJson(request: Uint8Array | string, options?: DecideOptions): Answer {
    return this.#ask(options, () => bytesOf(request));
  }

  /** Decides the request that was asked about last once more, at another instant. */
  again(now: number | bigint | Date): Answer {
    const instant = milliseconds(now);
    if (instant === undefined) return noInstant();
    if (!this.#holdsRequest) return engineErrorAnswer('a request that was asked about', 'none');
    return this.#run(({ exports }) => exports.again(instant));
  }

  /** All of the caller's own code, in getters for one, runs here, before the module is asked. */
  #ask(options: DecideOptions | undefined, read: () => Uint8Array | AnswerError): Answer {
    let instant: ModuleInstant | undefined;
    let request: Uint8Array | AnswerError;
    try {
      instant = moduleInstant(options);
      request = read();
    } catch {
      return this.#unasked(engineErrorAnswer('a request that can be read', 'one that throws'));
    }
    if (instant === undefined) return this.#unasked(noInstant());
    if (!(request instanceof Uint8Array)) return this.#unasked(invalidAnswer(request));
    return this.#judge(request, instant);
  }

  #unasked(answer: Answer): Answer {
    this.#holdsRequest = false;
    return answer;
  }

  #judge(bytes: Uint8Array, { now, clock }: ModuleInstant): Answer {
    return this.#run(({ exports, memory }) => {
      const length = Math.min(bytes.length, longest);
      const address = exports.request(length) >>> 0;
      memory.refresh();
      if (address !== 0) memory.write(address, bytes);
      return exports.decide(length, now, clock);
    });
  }

  #run(decide: (instance: Instance) => number): Answer {
    try {
      const instance = this.#instance ?? this.#instantiate();
      this.#instance = undefined;
      this.#holdsRequest = false;
      const result = decide(instance) >>> 0;
      instance.memory.refresh();
      const answer = this.#reader.read(instance, result);
      this.#instance = instance;
      this.#holdsRequest = true;
      return answer;
    } catch (failure) {
      return failed(failure);
    }
  }
}

function bytesOf(request: unknown): Uint8Array {
  if (typeof request === 'string') return toUtf8(request);
  if (request instanceof Uint8Array) return request;
  if (!ArrayBuffer.isView(request)) throw new TypeError('neither bytes nor text');
  return new Uint8Array(request.buffer, request.byteOffset, request.byteLength);
}

function noInstant(): Answer {
  return engineErrorAnswer('an instant, in milliseconds since the epoch', 'something else');
}

function failed(failure: unknown): Answer {
  if (failure instanceof EngineFailure) return engineErrorAnswer(failure.expected, failure.found);
  const why = failure instanceof Error ? failure.message : 'a failure';
  return failure instanceof WebAssembly.RuntimeError
    ? engineErrorAnswer('a module that does not trap', `a trap: ${why}`)
    : engineErrorAnswer('a module that answers', why);
}
