/** Columns as wide as their widest cell, the header first; `paint` colours a whole row without changing its width. */
export function formatTable(
  header: readonly string[],
  rows: ReadonlyArray<{ readonly cells: readonly string[]; readonly paint?: (text: string) => string }>,
): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(({ cells, paint }) => (paint ?? String)(line(cells)))];
}
