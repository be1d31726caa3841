import type { TestedConnection } from '../../../workspace/test-connection.ts';

/** What a tested connection is like, in one sentence. Pure. */
export function describeConnection({
  url,
  name,
  protocol,
  latencyMs,
  collections,
}: TestedConnection): string {
  const tls = protocol.replace(/^TLSv/, 'TLS ');
  const found = [`${tls} verified for ${name}`, `${latencyMs} ms`];
  if (collections !== undefined) {
    found.push(`${collections} ${collections === 1 ? 'collection' : 'collections'}`);
  }
  return `Chroma answers at ${url}: ${found.join(', ')}.`;
}
