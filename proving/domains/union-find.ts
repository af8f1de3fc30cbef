// Groups of places whose values are compared with each other: sets of strings that can be joined.

export class UnionFind {
  readonly #parents = new Map<string, string>();

  find(place: string): string {
    let at = place;
    for (;;) {
      const parent = this.#parents.get(at);
      if (parent === undefined) return at;
      at = parent;
    }
  }

  join(a: string | undefined, b: string | undefined): void {
    if (a === undefined || b === undefined) return;
    const [first, second] = [this.find(a), this.find(b)];
    if (first !== second) this.#parents.set(first, second);
  }
}
