// Completions of incomplete requests: members of other requests fill them.

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The request with members of the other one where it has none, or `undefined` if one of them is not an object. `whole`:
 * the names of members that are given as a whole.
 */
export function completeRequest(
  text: string,
  other: string,
  whole: ReadonlySet<string>,
): string | undefined {
  const [request, more] = [tryParse(text), tryParse(other)];
  return request && more && JSON.stringify(fillValue(request, more, whole));
}

function fillValue(value: unknown, other: unknown, whole: ReadonlySet<string>): unknown {
  if (value === null || value === undefined) return other;
  if (!isObject(value) || !isObject(other)) return value;
  const names = new Set([...Object.keys(value), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const own = value[name];
      const isGiven = whole.has(name) && own !== null && own !== undefined;
      return [name, isGiven ? own : fillValue(own, other[name], whole)];
    }),
  );
}

/**
 * The request as JavaScript writes it again, which cannot represent every number, or `undefined` if it is not an
 * object.
 */
export function rewriteRequest(text: string): string | undefined {
  const request = tryParse(text);
  return request && JSON.stringify(request);
}

/** The names that select rules, as one string, or `undefined` if one of them is missing. */
export function readSelectors(text: string): string | undefined {
  const request = tryParse(text);
  if (request === undefined) return undefined;
  const { subject, action, resource } = request;
  if (!isObject(subject) || !isObject(action) || !isObject(resource)) return undefined;
  const names = [subject.type, action.name, resource.type];
  return names.every((name) => typeof name === 'string') ? JSON.stringify(names) : undefined;
}

function tryParse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
