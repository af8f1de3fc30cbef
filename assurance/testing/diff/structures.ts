// The structure of parts of checked policies, as numbers: two parts have the same number if their structures are
// equal. Positions, the names of `let`s and the order of declared members are irrelevant.

export class Structures {
  readonly #known = new Map<object, number>();
  readonly #numbers = new Map<string, number>();

  of(part: unknown): number {
    if (typeof part !== 'object' || part === null) return this.#numberText(formatLeaf(part));
    const before = this.#known.get(part);
    if (before !== undefined) return before;
    const number =
      'binding' in part
        ? this.of(getBindingValue(part.binding))
        : this.#numberText(this.#text(part));
    this.#known.set(part, number);
    return number;
  }

  /** Their order is irrelevant. */
  ofAll(parts: readonly unknown[]): readonly number[] {
    return parts.map((part) => this.of(part)).sort((a, b) => a - b);
  }

  #text(part: object): string {
    if (Array.isArray(part)) return `[${part.map((each) => this.of(each))}]`;
    const members = part instanceof Map ? [...part] : Object.entries(part).filter(isRelevant);
    const parts = members.map(([name, value]) => `${JSON.stringify(name)}:${this.of(value)}`);
    return `{${parts.sort()}}`;
  }

  #numberText(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

function formatLeaf(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}

function getBindingValue(binding: unknown): unknown {
  return (binding as { readonly value: unknown }).value;
}

/** No answer depends on the others; a builtin's functions are determined by its name. */
function isRelevant([name, value]: readonly [string, unknown]): boolean {
  return name !== 'span' && name !== 'covers' && value !== undefined && typeof value !== 'function';
}
