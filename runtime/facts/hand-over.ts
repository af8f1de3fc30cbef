// One instance's way for requests as objects: their facts are written to its memory and judged there.
// Gives the address of the result, or 0 for a request that must go the long way.

import type { EncodedMember, EncodedPlace, Encoding, Manifest, ModuleExports } from '../abi.ts';
import type { ModuleInstant } from '../instant.ts';
import { CellWriter } from './cell-writer.ts';
import { FactWriter } from './fact-writer.ts';
import { TestBits } from './test-bits.ts';

/** Where nothing is longer than what a request may be, in bytes. */
const room = 1_048_576;

/** `judging`: what judging needs; `explaining`: what explaining an answer needs, too. */
export type Extent = 'judging' | 'explaining';

export class HandOver {
  readonly #judge: NonNullable<ModuleExports['decide_facts']>;
  readonly #writers: Readonly<Record<Extent, FactWriter>>;
  readonly #bits: TestBits;
  readonly #hasMore: boolean;
  #last: Extent | undefined;

  constructor(
    encoding: Encoding,
    { selectors }: Manifest,
    { memory, request }: ModuleExports,
    judge: NonNullable<ModuleExports['decide_facts']>,
  ) {
    this.#judge = judge;
    const cells = new CellWriter(memory, request(0) >>> 0, room, encoding.limits.text);
    const writerOf = (isWritten: (place: EncodedPlace) => boolean) =>
      new FactWriter({ encoding, selectors, cells, isWritten });
    this.#writers = {
      judging: writerOf(({ read }) => read === 'judging'),
      explaining: writerOf(({ read }) => read !== undefined),
    };
    this.#bits = new TestBits(encoding, cells);
    this.#hasMore = everyPlace(encoding).some(({ read }) => read === 'explaining');
  }

  /** The caller's own code, in getters for one, runs here. */
  write(request: unknown, { now }: ModuleInstant, extent: Extent): boolean {
    const writer = this.#writers[extent];
    if (this.#last !== extent) writer.forget();
    this.#last = extent;
    return writer.write(request, !Number.isNaN(now));
  }

  judge({ now, clock }: ModuleInstant, extent: Extent): number {
    const { subject, action, resource, slots } = this.#writers[extent];
    this.#bits.write(slots);
    return this.#judge(subject, action, resource, 1, now, clock) >>> 0;
  }

  /** Whether explaining reads more than was written. */
  isPart(extent: Extent): boolean {
    return extent === 'judging' && this.#hasMore;
  }

  /** The module read a request itself. */
  forget(): void {
    this.#last = undefined;
  }
}

function everyPlace({ subject, action, resource, context }: Encoding): readonly EncodedPlace[] {
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
