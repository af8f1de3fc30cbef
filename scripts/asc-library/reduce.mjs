// Removes statements and members of parsed files as long as a test holds, in ever smaller parts.

/**
 * @param {{ statements: object[] }[]} files their statements are replaced
 * @param {(statement: object) => boolean} hasMembers whether it has members that can be removed
 * @param {() => boolean} holds
 * @returns the removed statements and members of each file
 */
export function reduceFiles(files, hasMembers, holds) {
  const removed = new Map(files.map((file) => [file, []]));
  for (const file of files) removed.get(file).push(...reduceList(file, 'statements', holds));
  for (const file of files) {
    for (const statement of file.statements) {
      if (!hasMembers(statement)) continue;
      removed.get(file).push(...reduceList(statement, 'members', holds));
    }
  }
  return removed;
}

function reduceList(holder, key, holds) {
  const all = holder[key];
  for (let size = all.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 3)) {
    for (let at = 0; at < holder[key].length; ) {
      const before = holder[key];
      holder[key] = before.toSpliced(at, size);
      if (holds()) continue;
      holder[key] = before;
      at += size;
    }
  }
  return all.filter((each) => !holder[key].includes(each));
}

/** Returns a text without ranges and what ends them, and without empty lines and indentation. */
export function cut(text, ranges) {
  let [kept, end] = ['', 0];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    if (range.start < end) continue;
    // A line break can end a statement.
    kept += `${text.slice(end, range.start)}\n`;
    end = range.end + (/^\s*;/.exec(text.slice(range.end))?.[0].length ?? 0);
  }
  const lines = `${kept}${text.slice(end)}`.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join('\n');
}
