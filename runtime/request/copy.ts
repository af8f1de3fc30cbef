// A request as data of its own: each getter and proxy of the caller's is asked once, so that whoever reads the copy twice reads
// the same. It has what `encode.ts` takes: own enumerable members, elements, dates, sets and maps.

/** Beyond what any request may have; what is deeper is refused unread. */
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

/** One that is not there is `undefined`, whatever a prototype has. */
function elementsOf(elements: readonly unknown[]): readonly unknown[] {
  const { length } = elements;
  return Array.from({ length }, (_, at) =>
    Object.hasOwn(elements, at) ? elements[at] : undefined,
  );
}
