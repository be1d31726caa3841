/** What one combination of the table came to: it works, or why it cannot exist. */
export type Cell = { readonly works: true } | { readonly works: false; readonly why: string };

/** The table by row and column: a version on a runtime, and who ends TLS. */
export type Matrix = ReadonlyMap<string, ReadonlyMap<string, Cell>>;

/** The table in Markdown, its reasons numbered below; the same cells always give the same text. */
export function renderMatrix(matrix: Matrix, columns: readonly string[]): string {
  const reasons: string[] = [];
  const cite = (why: string): string => {
    if (!reasons.includes(why)) reasons.push(why);
    return `– (${reasons.indexOf(why) + 1})`;
  };
  const rows = [...matrix].map(([row, cells]) => {
    const texts = columns.map((column) => {
      const cell = cells.get(column);
      if (!cell) return '';
      return cell.works ? 'passed' : cite(cell.why);
    });
    return `| ${[row, ...texts].join(' | ')} |`;
  });
  const notes = reasons.map((why, index) => `${index + 1}. ${why}`);
  return `${[
    '# What runs Chroma over TLS',
    '',
    'Written by the test run (`npm test -- real`), which brings up every combination, has the heartbeat',
    'verified, and adds and queries with the Python client of that version over verified TLS.',
    '',
    `| ${['Chroma, runtime', ...columns].join(' | ')} |`,
    `| ${['---', ...columns.map(() => '---')].join(' | ')} |`,
    ...rows,
    '',
    ...notes,
  ].join('\n')}\n`;
}
