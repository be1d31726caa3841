import { program, type CliOutcome } from './cli.ts';

/**
 * Adds and queries with the Python client that belongs to a server, verified against `ca.pem` and
 * nothing else; what it found stands in `stdout`.
 *
 * The client of a 0.x comes out of that version's own image; that of 1.x is `python` of this
 * machine, because its image has no Python.
 */
export function addAndQuery(asked: {
  readonly version: string;
  readonly python: string;
  readonly certificates: string;
  readonly port: number;
}): Promise<CliOutcome> {
  const { version, python, certificates, port } = asked;
  const inImage = version.startsWith('0.');
  // 0.4.22 has no setting for it yet; what it asks with, requests, goes by the environment.
  const verify = version === '0.4.22' ? '' : ', chroma_server_ssl_verify=CA';
  const ca = inImage ? '/certs/ca.pem' : `${certificates}/ca.pem`;
  const script = `
import chromadb
from chromadb.config import Settings
CA = ${JSON.stringify(ca)}
settings = Settings(anonymized_telemetry=False${verify})
client = chromadb.HttpClient(host="localhost", port=${port}, ssl=True, settings=settings)
c = client.get_or_create_collection("docs", embedding_function=None)
c.add(ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]], documents=["left", "up"])
print(c.query(query_embeddings=[[0.9, 0.1]], n_results=1)["documents"])
`;
  if (!inImage) return program(python, ['-c', script]);
  return program('docker', [
    ...['run', '--rm', '--network', 'host', '--volume', `${certificates}:/certs:ro`],
    ...(verify === '' ? ['--env', `REQUESTS_CA_BUNDLE=${ca}`] : []),
    ...['--entrypoint', 'python3', `chromadb/chroma:${version}`, '-c', script],
  ]);
}
