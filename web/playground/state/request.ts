// Requests as JSON objects that a form reads and changes.

export type RequestObject = { readonly [name: string]: unknown };

/** `undefined` if the text is not a JSON object. */
export function parseRequestText(text: string): RequestObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function printRequestText(request: RequestObject): string {
  return JSON.stringify(request, undefined, 2);
}

export function findRequestMember(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );
}

/** With the member at the path; undefined removes it, and objects that become empty, except for the outermost ones. */
export function withMember(
  request: RequestObject,
  [name, ...rest]: readonly string[],
  value: unknown,
): RequestObject {
  if (name === undefined) return request;
  const { [name]: old, ...others } = request;
  if (rest.length === 0) return value === undefined ? others : { ...request, [name]: value };
  const inner = withMember(isObject(old) ? old : {}, rest, value);
  return value === undefined && Object.keys(inner).length === 0
    ? others
    : { ...request, [name]: inner };
}

function isObject(value: unknown): value is RequestObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
