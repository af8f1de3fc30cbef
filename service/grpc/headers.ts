// Headers of requests: those of clients by their names in lower case, and those that the service sets, which no client
// may set.

/** Values of one name are joined (RFC 9110, section 5.3). */
export function addHeader(headers: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  const other = headers.get(key);
  headers.set(key, other === undefined ? value : `${other}, ${value}`);
}

/** The headers that the service sets, without the prefix. */
export const ownHeaders = ['effect', 'decision-id', 'valid-until', 'constraints'] as const;
export type OwnHeader = (typeof ownHeaders)[number];

const prefix = 'x-nhipol-';

/** Header names and values for an upstream. */
export type HeaderValues = ReadonlyMap<string, string>;

export function nameHeader(name: OwnHeader): string {
  return prefix + name;
}

/**
 * The headers to remove: all of ours that are not set, including those that the proxy does not show, and whatever the
 * client sent under the prefix. Some servers read `_` in a name as `-`.
 */
export function listForgeable(client: Iterable<string>, set: HeaderValues): readonly string[] {
  const sent = [...client].filter((name) => name.replaceAll('_', '-').startsWith(prefix));
  const names = new Set([...ownHeaders.map(nameHeader), ...sent]);
  return [...names].filter((name) => !set.has(name));
}

/** JSON as the value of a header: only characters of ASCII. */
export function escapeHeader(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (each) => {
    return `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
