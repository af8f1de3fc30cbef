// Suggestions for misspelled names: the nearest known names by edit distance with transpositions.

/** Formats suggestions: `did you mean \`a\`, \`b\` or \`c\`?` */
export function didYouMean(near: readonly string[]): string {
  const quoted = near.map((name) => `\`${name}\``);
  const last = quoted.at(-1) ?? '';
  return `did you mean ${[quoted.slice(0, -1).join(', '), last].filter(Boolean).join(' or ')}?`;
}

/** Returns at most three candidates that are similar to the name, the nearest first. */
export function suggest(name: string, candidates: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(name.length * 0.4));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: computeDistance(name, candidate) }))
    .filter((scored) => scored.distance <= limit && scored.candidate !== name)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map((scored) => scored.candidate);
}

/**
 * Returns the candidates that a name is probably a misspelling of: they differ by one edit, by two for a long
 * name, or only in case. Names that differ only in digits are numbered on purpose and not misspellings.
 */
export function findNearMisses(name: string, candidates: Iterable<string>): readonly string[] {
  const limit = name.length < 4 ? 0 : name.length < 12 ? 1 : 2;
  return suggest(name, candidates).filter((candidate) => {
    if (withoutDigits(name) === withoutDigits(candidate)) return false;
    if (name.toLowerCase() === candidate.toLowerCase()) return true;
    return computeDistance(name.toLowerCase(), candidate.toLowerCase()) <= limit;
  });
}

function withoutDigits(name: string): string {
  return name.replace(/[0-9]+/g, '0');
}

/** The optimal string alignment distance; a difference in case counts half. */
function computeDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const cost = same ? 0 : a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0.5 : 1;
      let best = Math.min(
        readCell(rows, i - 1, j) + 1,
        (row[j - 1] ?? 0) + 1,
        readCell(rows, i - 1, j - 1) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, readCell(rows, i - 2, j - 2) + 1);
      }
      row.push(best);
    }
    rows.push(row);
  }
  return readCell(rows, a.length, b.length);
}

function readCell(rows: number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}
