import type { PemSection } from '../../certificates/import/describe-pem.ts';
import { markUnseen } from './shown-text.ts';

/**
 * Facts as a page that runs nothing and loads nothing. Pure.
 *
 * @param nonce of the one style that the page's policy lets through
 */
export function renderCertificatePage(sections: readonly PemSection[], nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>Certificate Facts</title>
<style nonce="${nonce}">
body { max-width: 75em; padding: 0 1.5em 1.5em; color: var(--vscode-editor-foreground); }
h2 { margin: 1.5em 0 0.5em; font-size: 1.2em; font-weight: 600; }
dl { display: grid; grid-template-columns: 7em 1fr; gap: 0.35em 1.5em; margin: 0; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; overflow-wrap: anywhere; font-family: var(--vscode-editor-font-family); }
p { margin: 0.35em 0; color: var(--vscode-list-warningForeground); }
</style>
</head>
<body>
${sections.map(renderSection).join('\n')}
</body>
</html>
`;
}

function renderSection({ title, facts, problems }: PemSection): string {
  const rows = facts.map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return [
    `<section><h2>${escapeHtml(title)}</h2>`,
    ...problems.map((problem) => `<p>⚠ ${escapeHtml(problem)}</p>`),
    ...(rows.length > 0 ? [`<dl>${rows.join('\n')}</dl>`] : []),
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
