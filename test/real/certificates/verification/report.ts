import { isIP } from 'node:net';
import { alignTable } from '../../fixtures/markdown-table.ts';
import type { Control } from './controls.ts';
import type { Answers } from './hearing.ts';
import { EVERY_FORM, type Subject } from './subjects.ts';
import { EXCEPTIONS, VERIFIERS, type Verifier } from './verdicts.ts';

const INTRODUCTION = `# Who accepts the certificates

Written by the tests (\`npm test -- real\`), which serve each pair by a real TLS server, to a host name
\`servercert-names.pem\` where there is one, and have each verifier connect to it, trusting \`ca.pem\`.
Each pair is judged by all of its names:
${EVERY_FORM.asked.join(', ')},
unless its row says otherwise. Python checks strictly (\`VERIFY_X509_STRICT\`) in both versions; curl
stands for OpenSSL.
`;

/**
 * The document about all verdicts. It has no times and no versions beyond the verifiers' names, so
 * that it changes only when a verdict does.
 */
export function writeReport(
  {
    subjects,
    peers,
    controls,
  }: {
    readonly subjects: readonly Subject[];
    readonly peers: readonly Subject[];
    readonly controls: readonly Control[];
  },
  heard: ReadonlyMap<Verifier, Answers>,
): string {
  const verdict = (title: string, verifier: Verifier, wanted: boolean): string => {
    const answers = [...(heard.get(verifier)?.get(title) ?? [])];
    const isOk = ([, answer]: readonly [string, string]): boolean => answer === 'OK';
    const hosts = answers.filter(([name]) => isIP(name) === 0);
    const isAccepted = answers.length > 0 && answers.every(isOk);
    if (isAccepted === wanted) return 'yes';
    return wanted && hosts.length > 0 && hosts.every(isOk) ? 'by name' : 'no';
  };
  const table = (head: string, rows: readonly { readonly title: string }[], wanted: boolean) =>
    alignTable([
      [head, ...VERIFIERS],
      ...rows.map(({ title }) => [
        title,
        ...VERIFIERS.map(
          (verifier) => `${verdict(title, verifier, wanted)}${markOf(verifier, title)}`,
        ),
      ]),
    ]);
  return [
    INTRODUCTION,
    `## Accepted: what Chroma TLS makes\n\n${table('kind', subjects, true)}`,
    `## Accepted: what others make\n\n${table('made by', peers, true)}`,
    '## Refused: what must be\n\nA verifier that accepts one of these verifies nothing, or not that.\n',
    table('server', controls, false),
    `## Notes\n\n${notes()
      .map((why, index) => `${index + 1}. ${why}`)
      .join('\n')}\n`,
  ].join('\n');
}

/** Each reason once: two verifiers may share it. */
function notes(): readonly string[] {
  return [...new Set(EXCEPTIONS.map(({ why }) => why))];
}

function markOf(verifier: Verifier, title: string): string {
  const found = EXCEPTIONS.find(
    (each) => each.verifier === verifier && each.titles.includes(title),
  );
  return found ? ` (${notes().indexOf(found.why) + 1})` : '';
}
