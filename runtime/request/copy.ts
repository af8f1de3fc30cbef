// Copies a request to plain data: each getter and proxy of the caller is called once, so that two readers of the
// copy read the same. Copies what `encode.ts` accepts: own enumerable members, elements, dates, sets and maps.

/** Deeper than any valid request; what is deeper is rejected unread. */
const maxLevels = 65;

/** Throws what a getter or a proxy throws. */
export function plainCopy(value: unknown, level = 0): unknown {
  if (typeof value !== 'object' || value === null || level > maxLevels) return value;
  const copy = (member: unknown): unknown => plainCopy(member, level + 1);
  if (Array.isArray(value)) return elementsOf(value).map(copy);
  if (value instanceof Date) return new Date(Date.prototype.getTime.call(value));
  if (value instanceof Set) return new Set([...Set.prototype.values.call(value)].map(copy));
  if (value instanceof Map) {
    return new Map(
      [...Map.prototype.entries.call(value)].map(([key, member]) => [key, copy(member)]),
    );
  }
  const members = Object.keys(value).map((name): [string, unknown] => {
    return [name, copy((value as Readonly<Record<string, unknown>>)[name])];
  });
  return Object.fromEntries(members);
}

/** A missing element is `undefined`, even if a prototype has it. */
function elementsOf(elements: readonly unknown[]): readonly unknown[] {
  const { length } = elements;
  return Array.from({ length }, (_, at) =>
    Object.hasOwn(elements, at) ? elements[at] : undefined,
  );
}
