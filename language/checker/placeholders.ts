// Braces that look like a placeholder where there are none: in patterns, and in strings that are taken
// as they are written.

/** What a request is read by, and other names that may be in scope. */
const roots: readonly string[] = ['subject', 'action', 'resource', 'context'];

/** The first `{path}` whose first word is a root with a member after it, or a name in scope. */
export function placeholderIn(
  text: string,
  locals: ReadonlyMap<string, unknown>,
): string | undefined {
  for (const [found, word = '', members] of text.matchAll(
    /\{\s*([A-Za-z_]\w*)((?:\.(?:[A-Za-z_]\w*|"[^"{}]*"))*)\s*\}/g,
  )) {
    if (roots.includes(word) ? members !== '' : locals.has(word)) return found;
  }
  return undefined;
}
