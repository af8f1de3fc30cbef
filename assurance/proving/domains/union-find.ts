// Groups of places whose values are compared with each other: sets of strings that can be joined.

export class UnionFind {
  readonly #parents = new Map<string, string>();

  find(place: string): string {
    let root = place;
    for (let at = this.#parents.get(root); at !== undefined; at = this.#parents.get(root))
      root = at;
    // All places on the way point to the root, so that the next search is short.
    for (let at = place; at !== root; ) {
      const parent = this.#parents.get(at) as string;
      this.#parents.set(at, root);
      at = parent;
    }
    return root;
  }

  join(a: string | undefined, b: string | undefined): void {
    if (a === undefined || b === undefined) return;
    const [first, second] = [this.find(a), this.find(b)];
    if (first !== second) this.#parents.set(first, second);
  }
}
