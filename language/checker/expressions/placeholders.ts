// Finds braces that look like a placeholder where there are none: in patterns, and in plain
// strings.

/** The roots of a request. */
const roots: readonly string[] = ['subject', 'action', 'resource', 'context'];

/** The first `{path}` whose first word is a root with a member after it, or a name in scope. */
export function findPlaceholder(
  text: string,
  isName: (word: string) => boolean,
): string | undefined {
  for (const [found, word = '', members] of text.matchAll(
    /\{\s*([A-Za-z_]\w*)((?:\.(?:[A-Za-z_]\w*|"[^"{}]*"))*)\s*\}/g,
  )) {
    if (roots.includes(word) ? members !== '' : isName(word)) return found;
  }
  return undefined;
}
