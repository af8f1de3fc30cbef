// A text with a bug in it. The text that a bug takes the place of must stand there exactly once, so that a
// change of the sources is told and nothing else is ever changed.

export function planted(text, { id, file, find, replace }) {
  const [before, after, ...more] = text.split(find);
  if (after === undefined || more.length > 0) {
    const times = after === undefined ? 'not' : `${more.length + 1} times`;
    throw new Error(`${id}: what it takes the place of stands ${times} in ${file}`);
  }
  return `${before}${replace}${after}`;
}
