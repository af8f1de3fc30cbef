// Whether two checked policies are equal except for positions and descriptions: then no request distinguishes
// them. A difference proves nothing.

import type { PolicyModel } from '@nhipol/language/model';

const parts = [
  ...(['subjects', 'actions', 'resources', 'anySubject', 'anyAction', 'anyResource'] as const),
  ...(['context', 'signals', 'rules', 'scores'] as const),
];

export function hasSameMeaning(a: PolicyModel, b: PolicyModel): boolean {
  const comparison = new Comparison();
  return parts.every((part) => comparison.same(a[part], b[part]));
}

/**
 * Whether the same requests are valid for two policies, and they demand the same, so that only what they decide differs.
 * Defaults are part of the decision.
 */
export function hasEqualDeclarations(a: PolicyModel, b: PolicyModel): boolean {
  const comparison = new Comparison(false);
  const demands = ({ rules }: PolicyModel) => rules.flatMap((rule) => rule.demands);
  return (
    parts
      .filter((part) => part !== 'rules' && part !== 'scores')
      .every((part) => comparison.same(a[part], b[part])) && comparison.same(demands(a), demands(b))
  );
}

/** Positions and descriptions. */
const ignored: ReadonlySet<string> = new Set(['span', 'message', 'covers']);

class Comparison {
  readonly #withDefaults: boolean;
  /** Shared values are compared once; while the comparison runs, they count as equal. */
  readonly #known = new WeakMap<object, WeakMap<object, boolean>>();

  constructor(withDefaults = true) {
    this.#withDefaults = withDefaults;
  }

  same(a: unknown, b: unknown): boolean {
    if (Object.is(a, b)) return true;
    // A function is determined by the names next to it.
    if (typeof a === 'function') return typeof b === 'function';
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    const results = this.#known.get(a) ?? new WeakMap<object, boolean>();
    this.#known.set(a, results);
    const before = results.get(b);
    if (before !== undefined) return before;
    results.set(b, true);
    const result = this.#sameParts(a, b);
    results.set(b, result);
    return result;
  }

  #sameParts(a: object, b: object): boolean {
    const [left, right] = [listEntries(a), listEntries(b)];
    return (
      left.length === right.length &&
      left.every(([name, value], index) => {
        const [other, otherValue] = right[index] ?? [];
        if (name === 'default' && other === name && !this.#withDefaults)
          return (value === undefined) === (otherValue === undefined);
        return this.same(name, other) && this.same(value, otherValue);
      })
    );
  }
}

function listEntries(value: object): readonly (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value].map((element) => [element, undefined]);
  return Object.entries(value).filter(([name]) => !ignored.has(name));
}
