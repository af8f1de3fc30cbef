// A stage of the compiler as JSON for people: big integers as strings, maps as objects. A named object is printed
// at its first occurrence and referred to by name afterwards, which keeps shared parts short and breaks cycles.

export function printStage(stage: unknown): string {
  return `${JSON.stringify(toPlain(stage, new Set()), undefined, 2)}\n`;
}

function toPlain(value: unknown, named: Set<object>): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => toPlain(element, named));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const name = value instanceof Map ? undefined : (value as { readonly name?: unknown }).name;
  if (typeof name === 'string') {
    if (named.has(value)) return { see: name };
    named.add(value);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [String(key), toPlain(inner, named)]));
}
