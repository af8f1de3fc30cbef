// W3C trace context, level 1, section 3.2: the id of the trace in a header `traceparent`.

/** Returns `undefined` if the header is missing or invalid. */
export function readTraceId(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const id = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(header)?.[1];
  return id === '0'.repeat(32) ? undefined : id;
}
