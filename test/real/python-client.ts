import { program, type CliOutcome, type Workspace } from './cli.ts';

/**
 * A real Python client that adds two documents to a collection and asks for the nearest, over TLS.
 *
 * @param python of the same Chroma line as the server
 * @param verify what the client verifies against, as a Python expression
 */
export function addAndQuery(
  workspace: Workspace,
  python: string,
  verify = '"certs/ca.pem"',
): Promise<CliOutcome> {
  const script = `
import chromadb
from chromadb.config import Settings
client = chromadb.HttpClient(host="localhost", port=${workspace.port}, ssl=True,
                             settings=Settings(chroma_server_ssl_verify=${verify}))
documents = client.get_or_create_collection("documents")
documents.upsert(ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]], documents=["left", "up"])
found = documents.query(query_embeddings=[[0.9, 0.1]], n_results=1)["documents"]
print(documents.count(), found)
`;
  return program(python, ['-c', script], { cwd: workspace.folder });
}

/** What the client prints when all went well. */
export const ADDED_AND_FOUND = "2 [['left']]\n";
