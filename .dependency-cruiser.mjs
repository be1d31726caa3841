// The storeys of the house, from the ground up. A file may use its own storey and those below it.
export const storeys = [
  'src/system',
  'src/project',
  'src/containers',
  'src/certificates/encoding',
  'src/certificates/issue',
  'src/certificates/inspect',
  'src/certificates/issuers',
  'src/certificates/authorities',
  'src/certificates/folder',
  'src/certificates/import',
  'src/certificates/trust/stores',
  'src/certificates/trust',
  'src/certificates',
  'src/certificates/public',
  'src/proxy',
  'src/chroma',
  'src/chroma/supervisor',
  'src/chroma/runtimes',
  'src/chroma/health',
  'src/chroma/status',
  'src/chroma/server',
  'src/compose',
  'src/clients',
  'src/diagnosis',
  'src/workspace',
  'src/cli',
  'src/vscode/model',
  'src/vscode/window',
  'src/vscode/session',
  'src/vscode/views',
  'src/vscode/commands',
  'src/vscode',
  'src',
];

/** A pattern for the files of a storey, without those of the storeys that lie in its folder. */
const filesOf = (/** @type {string} */ storey) => {
  const inner = storeys
    .filter((other) => other.startsWith(`${storey}/`))
    .map((other) => `${other.slice(storey.length + 1)}/`);
  return `^${storey}/${inner.length > 0 ? `(?!${inner.join('|')})` : ''}`;
};

const noUpwardArrows = storeys.slice(0, -1).map((storey, level) => ({
  name: `up-from-${storey.replace('src/', '').replaceAll('/', '-')}`,
  comment: `Arrows point down: ${storey} lies below what it uses here.`,
  severity: /** @type {const} */ ('error'),
  from: { path: filesOf(storey) },
  to: { path: storeys.slice(level + 1).map(filesOf) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...noUpwardArrows,
    {
      name: 'shells-apart',
      comment: 'The terminal and VS Code are two shells of one core; neither knows the other.',
      severity: 'error',
      from: { path: '^src/(cli/|cli[.]ts)' },
      to: { path: '^src/vscode/' },
    },
    {
      name: 'no-other-shell',
      comment: 'The terminal and VS Code are two shells of one core; neither knows the other.',
      severity: 'error',
      from: { path: '^src/(vscode/|extension[.]ts)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or three. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js'] },
  },
};
