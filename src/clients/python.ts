import { refuseFirstApi, when, type Client } from './client.ts';

const INSTALL = [
  ...when('rust', 'pip install chromadb'),
  ...when('python', 'pip install "chromadb«requirement»"'),
];

/** https://docs.trychroma.com/reference/python/client */
export const PYTHON: Client = {
  id: 'python',
  name: 'Python',
  syntax: 'python',
  languages: ['python', 'jupyter'],
  verification: 'option',
  before: INSTALL,
  code: [
    ...when('token', 'import os', ''),
    'import chromadb',
    ...when('ca', 'from chromadb.config import Settings'),
    '',
    'client = chromadb.HttpClient(',
    '    host=«host»,',
    '    port=«port»,',
    '    ssl=True,',
    ...when('ca', '    settings=Settings(chroma_server_ssl_verify=«ca»),'),
    ...when('token', '    headers={"Authorization": "Bearer " + os.environ["«token»"]},'),
    ')',
  ],
  example: [
    '',
    'collection = client.get_or_create_collection("example", embedding_function=None)',
    'collection.upsert(ids=["one"], embeddings=[[1.0, 0.0, 0.0]], documents=["one"])',
    'print(collection.query(query_embeddings=[[1.0, 0.0, 0.0]], n_results=1)["ids"])',
  ],
};

/** By itself it verifies nothing, a public certificate included (chroma-core/chroma#7511). */
export const PYTHON_ASYNC: Client = {
  id: 'python-async',
  name: 'Python (async)',
  syntax: 'python',
  languages: ['python'],
  verification: 'option',
  before: INSTALL,
  code: [
    ...when('token', 'import os', ''),
    'import chromadb',
    'from chromadb.config import Settings',
    '',
    '',
    'async def connect():',
    '    return await chromadb.AsyncHttpClient(',
    '        host=«host»,',
    '        port=«port»,',
    '        ssl=True,',
    '        # Without this setting, this client verifies nothing.',
    ...when('ca', '        settings=Settings(chroma_server_ssl_verify=«ca»),'),
    ...when('no-ca', '        settings=Settings(chroma_server_ssl_verify=True),'),
    ...when('token', '        headers={"Authorization": "Bearer " + os.environ["«token»"]},'),
    '    )',
  ],
  example: [
    '',
    '',
    'async def main():',
    '    client = await connect()',
    '    collection = await client.get_or_create_collection("example", embedding_function=None)',
    '    await collection.upsert(ids=["one"], embeddings=[[1.0, 0.0, 0.0]], documents=["one"])',
    '    print((await collection.query(query_embeddings=[[1.0, 0.0, 0.0]], n_results=1))["ids"])',
    '',
    '',
    'import asyncio',
    '',
    'asyncio.run(main())',
  ],
};

/** https://python.langchain.com/docs/integrations/vectorstores/chroma */
export const LANGCHAIN_PYTHON: Client = {
  id: 'langchain-python',
  name: 'LangChain (Python)',
  syntax: 'python',
  languages: ['python'],
  verification: 'option',
  before: ['pip install langchain-chroma'],
  code: [
    ...PYTHON.code,
    '',
    'from langchain_chroma import Chroma',
    '',
    'def open_store(embedding):',
    '    return Chroma(client=client, collection_name="documents", embedding_function=embedding)',
  ],
  example: [
    '',
    'from langchain_core.embeddings import DeterministicFakeEmbedding',
    '',
    'store = open_store(DeterministicFakeEmbedding(size=8))',
    'store.add_texts(["one"], ids=["one"])',
    'print([found.page_content for found in store.similarity_search("one", k=1)])',
  ],
  refuse: refuseFirstApi,
};

/** https://docs.llamaindex.ai/en/stable/examples/vector_stores/ChromaIndexDemo/ */
export const LLAMAINDEX: Client = {
  id: 'llamaindex',
  name: 'LlamaIndex',
  syntax: 'python',
  languages: ['python'],
  verification: 'option',
  before: ['pip install llama-index-vector-stores-chroma'],
  code: [
    ...PYTHON.code,
    '',
    'from llama_index.vector_stores.chroma import ChromaVectorStore',
    '',
    'store = ChromaVectorStore(chroma_collection=client.get_or_create_collection("documents"))',
  ],
  example: [
    '',
    'from llama_index.core.schema import TextNode',
    'from llama_index.core.vector_stores import VectorStoreQuery',
    '',
    'store.add([TextNode(id_="one", text="one", embedding=[1.0, 0.0, 0.0])])',
    'query = VectorStoreQuery(query_embedding=[1.0, 0.0, 0.0], similarity_top_k=1)',
    'print(store.query(query).ids)',
  ],
  refuse: refuseFirstApi,
};
