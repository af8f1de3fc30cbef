// Replaces the source text of a bug. The text must occur exactly once, so that a change of the
// sources is reported and nothing else is replaced.

export function plantBug(text, { id, file, find, replace }) {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    const times = after === undefined ? '0 times' : `${more.length + 1} times`;
    throw new Error(`${id}: the text to replace occurs ${times} in ${file}`);
  }
  return `${before}${replace}${after}`;
}
