// Freezes shared data, including everything in it.

/** Not recursive, since data can have any depth. */
export function freeze<T>(value: T): T {
  const open: unknown[] = [value];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const part of Object.values(next)) if (typeof part === 'object') open.push(part);
  }
  return value;
}
