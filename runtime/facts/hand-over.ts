// One instance's way for requests as objects: their facts are written to its memory and judged there.
// Gives the address of the result, or 0 for a request that must go the long way.

import type { EncodedMember, EncodedPlace, Encoding, Manifest, ModuleExports } from '../abi.ts';
import type { ModuleInstant } from '../instant.ts';
import { CellWriter } from './cell-writer.ts';
import { FactWriter, instantOf } from './fact-writer.ts';
import type { Bindings, Writer } from './writer.ts';

/** `judging`: what judging needs; `explaining`: what explaining an answer needs, too. */
export type Extent = 'judging' | 'explaining';

export class HandOver {
  readonly #judge: NonNullable<ModuleExports['decide_facts']>;
  readonly #writers: Readonly<Record<Extent, Writer>>;
  readonly #hasMore: boolean;
  #last: Extent | undefined;

  constructor(
    encoding: Encoding,
    { selectors }: Manifest,
    { memory }: ModuleExports,
    judge: NonNullable<ModuleExports['decide_facts']>,
    bindings: Bindings | undefined,
  ) {
    this.#judge = judge;
    const cells = new CellWriter(memory, encoding.room, encoding.limits.text);
    const writerOf = (isWritten: (place: EncodedPlace) => boolean) =>
      new FactWriter({ encoding, selectors, cells, isWritten });
    this.#writers = {
      judging:
        bindings?.makeWriter({ cells, instantOf }) ?? writerOf(({ read }) => read === 'judging'),
      explaining: writerOf(({ read }) => read !== undefined),
    };
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
    const writer = this.#writers[extent];
    writer.decideTests();
    return this.#judge(writer.subject, writer.action, writer.resource, 1, now, clock) >>> 0;
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
