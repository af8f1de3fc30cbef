// Joins fragments of a source into one Markdown document, and finds for a place in it the line and column in the source.

/** Returns the document of some fragments, and a function that maps an index of it to a place in the source. */
export function joinFragments(fragments, source) {
  let text = '';
  const starts = [];
  for (const fragment of fragments) {
    starts.push(text.length);
    text += `${fragment.text}\n\n`;
  }
  const findPlace = (index) => {
    const nth = starts.findLastIndex((start) => start <= index);
    return findPosition(source, fragments[nth].offsets[index - starts[nth]]);
  };
  return { text, findPlace };
}

/** The line and the column of an offset, both from 1. */
export function findPosition(source, offset) {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
