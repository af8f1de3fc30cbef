// Figures as a table, each beside what it stands against: the one written by hand on the same path.

/** @typedef {{engine: string, path: string, ns: number, spread: number}} Figure */

const header = ['path', 'engine', 'ns/decision', 'spread', 'ratio'];

/** @param {readonly Figure[]} figures */
export function table(figures) {
  const rows = figures.map((figure) => {
    const { path, engine, ns, spread } = figure;
    const base = figures.find((each) => each.path === path && each.engine.endsWith('handwritten'));
    const ratio = base === undefined || base === figure ? '' : (ns / base.ns).toFixed(2);
    return [path, engine, ns.toFixed(1), `${(spread * 100).toFixed(0)} %`, ratio];
  });
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${[header, ...rows].map(line).join('\n')}\n`;
}
