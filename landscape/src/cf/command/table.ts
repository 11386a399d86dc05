/** Columns as wide as their widest cell and three blanks; the last one is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) => {
    const last = row.length - 1;
    return row.map((cell, column) => (column === last ? cell : cell.padEnd((widths[column] ?? 0) + 3))).join('');
  });
}

/** As {@link formatTable}, with a style for the cells of the first row that does not count for the widths. */
export function formatTableWithHeader(
  rows: readonly (readonly string[])[],
  styleHeader: (cell: string) => string,
): string[] {
  const [header = '', ...lines] = formatTable(rows);
  // A name and the blanks behind it are styled apart, so that no blank carries an escape code.
  return [header.replaceAll(/\S+(?: \S+)*/g, styleHeader), ...lines];
}
