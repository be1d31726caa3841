/** The debuggers that take the environment of what they launch as `env`, an object of texts. */
const TYPES: ReadonlySet<string> = new Set([
  ...['node', 'pwa-node', 'node-terminal', 'bun', 'debugpy', 'python'],
  ...['go', 'java', 'coreclr', 'lldb', 'ruby_lsp', 'rdbg'],
]);

/**
 * Adds variables to what a debug configuration launches. What the user has written there stays. Pure.
 *
 * @param launch as a launch.json has it
 */
export function addToLaunch<Launch extends Readonly<Record<string, unknown>>>(
  launch: Launch,
  variables: Readonly<Record<string, string>>,
): Launch {
  const { type, request, env = {} } = launch;
  const takesThem = typeof type === 'string' && TYPES.has(type) && request === 'launch';
  if (!takesThem || typeof env !== 'object' || env === null) return launch;
  return { ...launch, env: { ...variables, ...env } };
}
