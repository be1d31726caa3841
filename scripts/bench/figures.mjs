// What was measured, as a table: each figure with its bound, and, where that is not met, why.
import { progress, reasonOf } from '../parts/bench.mjs';

/**
 * @typedef {object} Figure
 * @property {string} what
 * @property {string} against what it is a multiple of
 * @property {number} value
 * @property {string} [unit] where it is no multiple
 * @property {number} [cpu] the same for the time of the processor
 * @property {number} [bound]
 * @property {string} [why] a sentence with measured parts; shown where the bound is not met
 */
/** @typedef {{ what: string, reason: string }} Unmeasured */

const say = progress('bench');

/**
 * Figures, or why there are none.
 * @param {string} what
 * @param {() => Promise<Figure[]>} measure
 * @returns {Promise<(Figure | Unmeasured)[]>}
 */
export async function orNotMeasured(what, measure) {
  try {
    const figures = await measure();
    for (const figure of figures) say(sentence(figure));
    return figures;
  } catch (error) {
    const reason = reasonOf(error);
    say(`${what}: not measured: ${reason}`);
    return [{ what, reason }];
  }
}

/** @param {(Figure | Unmeasured)[]} all */
export function renderFigures(all) {
  const rows = all.map((one) => {
    if (!('value' in one)) return [one.what, '', '', '', '', 'not measured'];
    const { what, against, cpu, bound } = one;
    return [what, against, show(one), cpu?.toFixed(2) ?? '', bound ?? '', judge(one)];
  });
  const reasons = all.flatMap((one) => {
    if (!('value' in one)) return [`- ${one.what}: not measured, because ${one.reason}`];
    return judge(one) === 'not met' ? [`- ${one.what}, ${one.against}: ${one.why ?? ''}`] : [];
  });
  return `| | against | measured | processor | bound | |
| - | - | - | - | - | - |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

${reasons.length > 0 ? `What is not met or not measured, and why, by what the same run measured:\n\n${reasons.join('\n')}` : ''}`;
}

/** @param {Figure} figure */
function sentence(figure) {
  const { what, against, bound } = figure;
  const judged = bound === undefined ? '' : `, bound ${bound}: ${judge(figure)}`;
  const why = judge(figure) === 'not met' ? ` ${figure.why ?? ''}` : '';
  return `${what}: ${show(figure)} (${against})${judged}${why}`;
}

/** @param {Figure} figure */
const show = ({ value, unit }) => (unit ? `${value.toFixed(0)} ${unit}` : value.toFixed(2));

/** @param {Figure} figure */
function judge({ value, bound }) {
  if (bound === undefined) return '';
  return value <= bound ? 'met' : 'not met';
}
