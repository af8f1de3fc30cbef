// A priority queue of variables, those with the highest activity first.

export class Heap {
  readonly #activity: Float64Array;
  readonly #items: number[] = [];
  readonly #positions: Int32Array;

  constructor(activity: Float64Array) {
    this.#activity = activity;
    this.#positions = new Int32Array(activity.length).fill(-1);
  }

  insert(item: number): void {
    if ((this.#positions[item] as number) >= 0) return;
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  /** Restores the order after the activity of an item has grown. */
  grown(item: number): void {
    const at = this.#positions[item] as number;
    if (at >= 0) this.#up(at, item);
  }

  pop(): number | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first === undefined || last === undefined) return undefined;
    this.#positions[first] = -1;
    if (this.#items.length > 0) this.#down(last);
    return first;
  }

  #up(from: number, item: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#items[parent] as number;
      if (this.#of(above) >= this.#of(item)) break;
      this.#place(at, above);
      at = parent;
    }
    this.#place(at, item);
  }

  #down(item: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#items.length) break;
      const right = child + 1;
      if (right < this.#items.length && this.#at(right) > this.#at(child)) child = right;
      if (this.#at(child) <= this.#of(item)) break;
      this.#place(at, this.#items[child] as number);
      at = child;
    }
    this.#place(at, item);
  }

  #at(index: number): number {
    return this.#of(this.#items[index] as number);
  }

  #of(item: number): number {
    return this.#activity[item] as number;
  }

  #place(at: number, item: number): void {
    this.#items[at] = item;
    this.#positions[item] = at;
  }
}
