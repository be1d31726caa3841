import type { Directory } from '../../certificates/public/acme/directory.ts';

/**
 * Asks an ACME server what it is, before a certificate is requested there.
 *
 * @param roots PEM of the authorities that its TLS is verified with besides the public ones
 * @throws ExplainedError as `fetchDirectory` does; AbortError
 */
export async function readDirectory(
  url: string,
  roots: string | undefined,
  signal: AbortSignal,
): Promise<Directory> {
  const [{ fetchDirectory }, { openAgent }] = await Promise.all([
    import('../../certificates/public/acme/directory.ts'),
    import('../../certificates/public/acme/connection/https-request.ts'),
  ]);
  const agent = await openAgent(roots);
  try {
    return await fetchDirectory(agent, url, signal);
  } finally {
    agent.destroy();
  }
}
