// A stage of the compiler as JSON for reading: integers beyond JSON as strings, maps as objects. What
// has a name is printed where it is met first and named after that, so that shared parts stay short
// and a cycle ends.

export function printStage(stage: unknown): string {
  return `${JSON.stringify(plainly(stage, new Set()), undefined, 2)}\n`;
}

function plainly(value: unknown, named: Set<object>): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => plainly(element, named));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const name = value instanceof Map ? undefined : (value as { readonly name?: unknown }).name;
  if (typeof name === 'string') {
    if (named.has(value)) return { see: name };
    named.add(value);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [String(key), plainly(inner, named)]));
}
