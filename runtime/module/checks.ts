// Composable checks of parsed JSON: nothing in a module's description is trusted.

export type Check = (value: unknown) => boolean;

export const isString: Check = (value) => typeof value === 'string';
export const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isStringList = list(isString);

export function list(element: Check): Check {
  return (value) => Array.isArray(value) && value.every(element);
}

export function allowAbsent(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function checkTuple(...elements: readonly Check[]): Check {
  return (value) =>
    Array.isArray(value) &&
    value.length === elements.length &&
    elements.every((check, index) => check(value[index]));
}

/** Other members may be added by a later minor version. */
export function record(members: Readonly<Record<string, Check>>): Check {
  return (value) =>
    isObject(value) &&
    Object.entries(members).every(([name, check]) =>
      check(Object.hasOwn(value, name) ? value[name] : undefined),
    );
}

export function map(check: Check): Check {
  return (value) => isObject(value) && Object.values(value).every(check);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
