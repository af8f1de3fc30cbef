// Requests as objects, for one instance: writes their facts to its memory and evaluates them there. Returns the
// address of the result, or 0 if the request must be encoded as JSON.

import type {
  Answer,
  EncodedMember,
  EncodedPlace,
  Encoding,
  ModuleExports,
} from '../contract/index.ts';
import { forms } from '../contract/index.ts';
import type { ModuleInstant } from '../module/moment.ts';
import { CellWriter } from './cell-writer.ts';
import { FactWriter, toInstant } from './fact-writer.ts';
import { createNormalizedAnswers, type NormalizedAnswers } from './normalized-answers.ts';
import { generateWriter } from './source/generated-writer.ts';
import type { Bindings, Writer } from './writer.ts';

/**
 * `judging`: the facts that evaluation needs; `explaining`: also those that the explanation of an answer needs.
 */
export type FactExtent = 'judging' | 'explaining';

/** How the facts of requests are written. */
export interface Writing {
  /** Generated for the module, or `undefined` if its facts are written by its encoding. */
  readonly bindings?: Bindings | undefined;
  /** Whether the same code may be generated after some requests. */
  readonly generateCode?: boolean | undefined;
}

/** Making the code takes as long as it saves in some thousand requests. */
const requestsBeforeCode = 100;

export class DirectEncoder {
  readonly #judge: NonNullable<ModuleExports['decide_facts']>;
  readonly #encoding: Encoding;
  readonly #cells: CellWriter;
  #judging: Writer;
  readonly #explaining: Writer;
  readonly #settled: NormalizedAnswers | undefined;
  readonly #hasMore: boolean;
  #last: FactExtent | undefined;
  /** Requests until code is generated for them; 0: it is not, or was. */
  #requestsLeft: number;

  constructor(
    encoding: Encoding,
    { memory }: ModuleExports,
    judge: NonNullable<ModuleExports['decide_facts']>,
    { bindings, generateCode = false }: Writing,
  ) {
    this.#judge = judge;
    const cells = new CellWriter(memory, encoding.room, encoding.limits.text);
    this.#encoding = encoding;
    this.#cells = cells;
    this.#requestsLeft =
      generateCode && bindings?.makeWriter === undefined ? requestsBeforeCode : 0;
    const createWriter = (isWritten: (place: EncodedPlace) => boolean) =>
      new FactWriter({ encoding, cells, isWritten });
    this.#judging =
      bindings?.makeWriter?.({ cells, instantOf: toInstant }) ??
      createWriter(({ read }) => read === 'judging');
    this.#explaining = createWriter(({ read }) => read !== undefined);
    this.#settled = createNormalizedAnswers(encoding);
    this.#hasMore = listPlaces(encoding).some(({ read }) => read === 'explaining');
  }

  /** Runs the caller's own code, such as getters. */
  write(request: unknown, { now }: ModuleInstant, extent: FactExtent): boolean {
    if (this.#requestsLeft > 0 && extent === 'judging') this.#countRequest();
    const writer = this.#chooseWriter(extent);
    if (this.#last !== extent) writer.forget();
    this.#last = extent;
    return writer.write(request, !Number.isNaN(now));
  }

  /** The cached answer to the written request, if its answer is always the same. */
  findSettled(): Answer | undefined {
    return this.#settled?.get(this.#judging);
  }

  /** Caches an answer to the written request that needs no explanation. */
  settle(answer: Answer): void {
    this.#settled?.keep(this.#judging, answer);
  }

  /** With the facts that evaluation needs, no response can be written, except for an answer with a key. */
  judge({ now, clock }: ModuleInstant, extent: FactExtent): number {
    const form = this.isPart(extent) ? forms.keyedHeader : forms.unlessKeyed;
    const { subject, action, resource } = this.#chooseWriter(extent);
    return this.#judge(subject, action, resource, 1, now, clock, form) >>> 0;
  }

  #countRequest(): void {
    this.#requestsLeft -= 1;
    if (this.#requestsLeft > 0) return;
    const makeWriter = generateWriter(this.#encoding);
    if (makeWriter !== undefined)
      this.#judging = makeWriter({ cells: this.#cells, instantOf: toInstant });
  }

  #chooseWriter(extent: FactExtent): Writer {
    return extent === 'judging' ? this.#judging : this.#explaining;
  }

  /** Whether an explanation reads more than was written. */
  isPart(extent: FactExtent): boolean {
    return extent === 'judging' && this.#hasMore;
  }

  /** The module has read a request itself. */
  forget(): void {
    this.#last = undefined;
  }
}

function listPlaces({ subject, action, resource, context }: Encoding): readonly EncodedPlace[] {
  const within = (members: readonly EncodedMember[]): readonly EncodedPlace[] =>
    members.flatMap((member) => [
      member,
      ...(member.value.kind === 'Record' ? within(member.value.members) : []),
    ]);
  const entities = [subject, action, resource];
  return [
    ...entities.flatMap(({ own }) => Object.values(own)),
    ...entities.flatMap(({ shapes }) => shapes.flatMap(({ members }) => within(members))),
    ...within(context ?? []),
  ];
}
