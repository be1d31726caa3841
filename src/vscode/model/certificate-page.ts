import type { PemSection } from '../../certificates/import/describe-pem.ts';
import { markUnseen } from './shown-text.ts';

/** What a page shows: a file's name, and what is in the file. */
interface CertificatePage {
  readonly name: string;
  readonly sections: readonly PemSection[];
}

/**
 * Facts as a page that runs nothing and loads nothing. Pure.
 *
 * @param nonce of the one style that the page's policy lets through
 */
export function renderCertificatePage({ name, sections }: CertificatePage, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>Certificate Facts: ${escapeHtml(name)}</title>
<style nonce="${nonce}">
main { max-width: 75em; padding: 0 1.5em 1.5em; color: var(--vscode-editor-foreground); }
h1, h2 { font-weight: 600; overflow-wrap: anywhere; }
h1 { margin: 1em 0 0; font-size: 1.5em; }
h2 { margin: 1.5em 0 0.5em; font-size: 1.2em; }
table { border-collapse: collapse; text-align: left; }
th, td { padding: 0.18em 0; vertical-align: top; }
th { min-width: 7em; padding-right: 1.5em; font-weight: inherit; color: var(--vscode-descriptionForeground); }
td { overflow-wrap: anywhere; font-family: var(--vscode-editor-font-family); }
p { margin: 0.35em 0; color: var(--vscode-list-warningForeground); }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(name)}</h1>
${sections.map(renderSection).join('\n')}
</main>
</body>
</html>
`;
}

/** A region that is called what its heading says, as is its table. */
function renderSection({ title, facts, problems }: PemSection, index: number): string {
  const id = `part-${index + 1}`;
  const rows = facts.map(
    ([label, value]) =>
      `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return [
    `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>`,
    ...problems.map((problem) => `<p><strong>Warning:</strong> ${escapeHtml(problem)}</p>`),
    ...(rows.length > 0 ? [`<table aria-labelledby="${id}">${rows.join('\n')}</table>`] : []),
    '</section>',
  ].join('\n');
}

/** Text as text. */
function escapeHtml(text: string): string {
  return markUnseen(text)
    .replaceAll('\n', '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
