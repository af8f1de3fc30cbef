// A syntax tree as plain data to compare: without spans, and without members that are undefined.

export function withoutSpans(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSpans);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => key !== 'span' && value !== undefined)
      .map(([key, value]) => [key, withoutSpans(value)]),
  );
}
