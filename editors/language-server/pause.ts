// Lets the event loop handle messages, in Node and in browsers.

/** Resolves in a later turn of the event loop, after at least this time in milliseconds. */
export function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
