// What an expression may name where it stands: paths that all of a group's requests have, names that
// were given to values, and whether it may read the last value of what went stale.

import type { Kind } from './kinds.ts';
import type { Path, Reach, Schema } from './schema.ts';

/** `free`: it may read `latest`, so that no permit can rest on it. */
interface Named {
  readonly kind: Kind;
  readonly free: boolean;
  readonly text: (depth: number) => string;
}

export class Scope {
  readonly #schema: Schema;
  /** Of the file: `let`s and calls, which grow their arguments. */
  readonly #shared: Named[] = [];
  #names: readonly Named[] = [];
  #reach: ReadonlySet<Reach> = new Set();
  #isPermit = false;
  /** Outside of groups a call could lead back to where it stands. */
  isOutside = false;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  get isPermit(): boolean {
    return this.#isPermit;
  }

  /** The names and the reach of a group, or of a declaration, are its own. */
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

  /** What a permit may rest on. */
  permissible<T>(make: () => T): T {
    const before = this.#isPermit;
    this.#isPermit = true;
    const made = make();
    this.#isPermit = before;
    return made;
  }

  /** Names that are given in there end with it. */
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

  shared(kind: Kind): readonly Named[] {
    return this.#fitting(this.#shared, kind);
  }

  paths(kind: Kind): readonly Path[] {
    return this.#readable(this.#schema.pathsOf(kind));
  }

  /** Members, of any kind. */
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
