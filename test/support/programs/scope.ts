// The names that an expression can use at its position: paths that all requests of a group have, names of
// values, and whether it can read the last value of stale members.

import type { Kind } from './kinds.ts';
import type { Reach } from './reach.ts';
import type { Path, Schema } from './schema.ts';

/** `free`: it can read `latest`, so that no permit can depend on it. */
interface Named {
  readonly kind: Kind;
  readonly free: boolean;
  readonly text: (depth: number) => string;
}

export class Scope {
  readonly #schema: Schema;
  /** The `let`s and calls of the file, which generate their arguments. */
  readonly #shared: Named[] = [];
  #names: readonly Named[] = [];
  #reach: ReadonlySet<Reach> = new Set();
  #isPermit = false;
  /** Outside of groups a call could be recursive. */
  isOutside = false;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  get isPermit(): boolean {
    return this.#isPermit;
  }

  /** The names and the reach of a group or of a declaration are local to it. */
  within<T>(reach: readonly Reach[], make: () => T): T {
    const [reachBefore, namesBefore] = [this.#reach, this.#names];
    this.#reach = new Set<Reach>([
      ...reach,
      'always',
      ...(this.#schema.hasCard ? (['card'] as const) : []),
    ]);
    const made = make();
    [this.#reach, this.#names] = [reachBefore, namesBefore];
    return made;
  }

  /** The values that a permit can depend on. */
  permissible<T>(make: () => T): T {
    const before = this.#isPermit;
    this.#isPermit = true;
    const made = make();
    this.#isPermit = before;
    return made;
  }

  /** Names that are defined in a block end with it. */
  block<T>(make: () => T): T {
    const before = this.#names;
    const made = make();
    this.#names = before;
    return made;
  }

  add(kind: Kind, name: string): void {
    this.#names = [...this.#names, { kind, free: !this.#isPermit, text: () => name }];
  }

  share(named: Named): void {
    this.#shared.push(named);
  }

  can(reach: Reach): boolean {
    return this.#reach.has(reach);
  }

  names(kind: Kind): readonly string[] {
    return this.#fitting(this.#names, kind).map(({ text }) => text(0));
  }

  listShared(kind: Kind): readonly Named[] {
    return this.#fitting(this.#shared, kind);
  }

  paths(kind: Kind): readonly Path[] {
    return this.#readable(this.#schema.getPaths(kind));
  }

  /** Members of any kind. */
  members(): readonly Path[] {
    return this.#readable(this.#schema.paths).filter(({ isMember }) => isMember);
  }

  #readable(paths: readonly Path[]): readonly Path[] {
    return paths.filter(({ reach }) => this.#reach.has(reach));
  }

  #fitting(names: readonly Named[], kind: Kind): readonly Named[] {
    return names.filter((each) => each.kind === kind && (!each.free || !this.#isPermit));
  }
}
