/** What one combination of the table came to: it works, or why it cannot exist. */
export type Cell = { readonly works: true } | { readonly works: false; readonly why: string };

/** The table by row and column: a version on a runtime, and who ends TLS. */
export type Matrix = ReadonlyMap<string, ReadonlyMap<string, Cell>>;

/** One place of the table: a version of Chroma on a runtime, and who ends TLS. */
export interface Combination {
  readonly version: string;
  readonly runtime: string;
  readonly tls: string;
}

const EVERY_RUN = 'every run';
const MATRIX_RUN = 'matrix run';

/**
 * A choice so small, and still any two of version, runtime and TLS that can be together are together
 * in one of it. The same combinations always give the same choice.
 */
export function choosePairwise(all: readonly Combination[]): readonly Combination[] {
  const open = new Set(all.flatMap(pairsOf));
  const chosen: Combination[] = [];
  const news = (combination: Combination): number =>
    pairsOf(combination).filter((pair) => open.has(pair)).length;
  while (open.size > 0) {
    const next = all.reduce((best, each) => (news(each) > news(best) ? each : best));
    for (const pair of pairsOf(next)) open.delete(pair);
    chosen.push(next);
  }
  return chosen;
}

function pairsOf({ version, runtime, tls }: Combination): readonly string[] {
  return [`${version} on ${runtime}`, `${version} by ${tls}`, `${runtime} by ${tls}`];
}

export function rowOf({ version, runtime }: Combination): string {
  return `${version}, ${runtime}`;
}

/**
 * What every run brings up: pairwise what works, and all that is refused, which takes no time.
 *
 * @param all combinations of the table, in its order
 */
export function chooseForEveryRun(
  all: readonly Combination[],
  matrix: Matrix,
): ReadonlySet<Combination> {
  const isWorking = (each: Combination): boolean =>
    matrix.get(rowOf(each))?.get(each.tls)?.works === true;
  const refused = all.filter((each) => !isWorking(each));
  return new Set([...choosePairwise(all.filter(isWorking)), ...refused]);
}

/** The table in Markdown, its reasons numbered below; the same cells always give the same text. */
export function renderMatrix(all: readonly Combination[], matrix: Matrix): string {
  const inEveryRun = chooseForEveryRun(all, matrix);
  const columns = [...new Set(all.map(({ tls }) => tls))];
  const reasons: string[] = [];
  const cite = (why: string): string => {
    if (!reasons.includes(why)) reasons.push(why);
    return `– (${reasons.indexOf(why) + 1})`;
  };
  const rows = [...new Set(all.map(rowOf))].map((row) => {
    const texts = columns.map((column) => {
      const combination = all.find((each) => rowOf(each) === row && each.tls === column);
      const cell = matrix.get(row)?.get(column);
      if (!combination || !cell) return '';
      if (!cell.works) return cite(cell.why);
      return inEveryRun.has(combination) ? EVERY_RUN : MATRIX_RUN;
    });
    return `| ${[row, ...texts].join(' | ')} |`;
  });
  const notes = reasons.map((why, index) => `${index + 1}. ${why}`);
  return `${[
    '# What runs Chroma over TLS',
    '',
    'Everything works that has no dash. The table is written by `npm test -- matrix`, which brings up',
    'every combination, has the heartbeat verified, and adds and queries with the Python client of that',
    'version over verified TLS. A cell says which run does so:',
    '',
    `- **${EVERY_RUN}**: \`npm test\` does. Any two of version, runtime and TLS that can be together are`,
    '  together in one of these. It also tries all that have a dash, and fails where a cell says',
    '  something else than this table.',
    `- **${MATRIX_RUN}**: \`npm test -- matrix\` alone does.`,
    '',
    `| ${['Chroma, runtime', ...columns].join(' | ')} |`,
    `| ${['---', ...columns.map(() => '---')].join(' | ')} |`,
    ...rows,
    '',
    ...notes,
  ].join('\n')}\n`;
}

/** The cells of a table that `renderMatrix` wrote. */
export function parseMatrix(text: string): Matrix {
  const reasons = new Map(
    [...text.matchAll(/^(\d+)\. (.+)$/gm)].map(([, number, why]) => [number, why]),
  );
  const [head, , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  const [, ...columns] = head ?? [];
  return new Map(
    rows.map(([row = '', ...cells]) => [
      row,
      new Map(columns.map((column, index) => [column, parseCell(cells[index] ?? '', reasons)])),
    ]),
  );
}

function parseCell(
  text: string,
  reasons: ReadonlyMap<string | undefined, string | undefined>,
): Cell {
  const refusal = /^– \((\d+)\)$/.exec(text);
  return refusal ? { works: false, why: reasons.get(refusal[1]) ?? '' } : { works: true };
}
