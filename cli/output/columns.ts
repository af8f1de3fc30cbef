// Tables of plain text.

/** Lays out rows in columns, each as wide as its widest cell. Lines are indented by two spaces. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, word] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, word.length);
  }
  const line = (row: readonly string[]) =>
    row.map((word, index) => word.padEnd(widths[index] ?? 0));
  return rows.map((row) => `  ${line(row).join('  ')}`.trimEnd()).join('\n');
}
