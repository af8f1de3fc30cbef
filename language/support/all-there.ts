// Lists that contain `undefined` where something was wrong.

/** Whether no item is undefined, that is, whether none had an error. */
export function hasAllItems<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return !items.includes(undefined);
}
