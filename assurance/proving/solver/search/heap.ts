// A priority queue of nodes: those with the highest activity first, and of equal ones the lowest number.

export class Heap {
  #activity = new Float64Array(0);
  #positions = new Int32Array(0);
  readonly #items: number[] = [];

  /** Makes room for nodes below `count`. */
  grow(count: number): void {
    const [activity, positions] = [this.#activity, this.#positions];
    this.#activity = new Float64Array(count);
    this.#activity.set(activity);
    this.#positions = new Int32Array(count).fill(-1);
    this.#positions.set(positions);
  }

  insert(item: number): void {
    if ((this.#positions[item] as number) >= 0) return;
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  pop(): number | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#positions[first] = -1;
    if (this.#items.length > 0) this.#down(last);
    return first;
  }

  /** Raises the activity of an item, and returns it. */
  raise(item: number, by: number): number {
    const raised = (this.#activity[item] as number) + by;
    this.setActivity(item, raised);
    return raised;
  }

  /** Sets the activity of an item. */
  setActivity(item: number, activity: number): void {
    const at = this.#positions[item] as number;
    const before = this.#activity[item] as number;
    this.#activity[item] = activity;
    if (at < 0) return;
    if (activity >= before) this.#up(at, item);
    else this.#down(item, at);
  }

  /** Multiplies all activities by a factor. */
  scale(factor: number): void {
    for (let item = 0; item < this.#activity.length; item += 1)
      this.#activity[item] = (this.#activity[item] as number) * factor;
  }

  #up(from: number, item: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#items[parent] as number;
      if (!this.#precedes(item, above)) break;
      this.#place(at, above);
      at = parent;
    }
    this.#place(at, item);
  }

  #down(item: number, from = 0): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      const right = child + 1;
      if (right < this.#items.length && this.#precedes(this.#at(right), this.#at(child)))
        child = right;
      if (!this.#precedes(this.#at(child), item)) break;
      this.#place(at, this.#at(child));
      at = child;
    }
    this.#place(at, item);
  }

  #at(index: number): number {
    return this.#items[index] as number;
  }

  #precedes(a: number, b: number): boolean {
    const [first, second] = [this.#activity[a] as number, this.#activity[b] as number];
    return first > second || (first === second && a < b);
  }

  #place(at: number, item: number): void {
    this.#items[at] = item;
    this.#positions[item] = at;
  }
}
