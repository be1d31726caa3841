import { refuseFirstApi, when, type Client, type Line } from './client.ts';

const EXAMPLE: readonly Line[] = [
  '',
  'const collection = await client.getOrCreateCollection({ name: "example", embeddingFunction: null });',
  'await collection.upsert({ ids: ["one"], embeddings: [[1, 0, 0]], documents: ["one"] });',
  'console.log((await collection.query({ queryEmbeddings: [[1, 0, 0]], nResults: 1 })).ids);',
];

/** Node.js reads it once, when it starts. */
const NODE_TRUST = when('ca', 'Set this before Node.js starts: NODE_EXTRA_CA_CERTS=«caWord»');

const LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

const CODE: readonly Line[] = [
  'const client = new ChromaClient({',
  '  host: «host»,',
  '  port: «port»,',
  '  ssl: true,',
];
const TOKEN = when('token', '  headers: { Authorization: `Bearer ${process.env.«token»}` },');

/** https://docs.trychroma.com/reference/js/client */
export const JAVASCRIPT: Client = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  syntax: 'script',
  languages: LANGUAGES,
  verification: 'environment',
  before: ['npm install chromadb', ...NODE_TRUST],
  code: ['import { ChromaClient } from "chromadb";', '', ...CODE, ...TOKEN, '});'],
  example: EXAMPLE,
  refuse: refuseFirstApi,
};

/**
 * Its BoringSSL refuses every address that an authority is constrained to. By a host name it is shown
 * the certificate for host names alone; uvicorn has none to show.
 */
export const BUN: Client = {
  ...JAVASCRIPT,
  id: 'bun',
  name: 'JavaScript (Bun)',
  before: [
    'bun add chromadb',
    ...when(
      'ca',
      'Set this before Bun starts: NODE_EXTRA_CA_CERTS=«caWord»',
      'Call the server by a host name: Bun refuses a certificate with IP addresses. If it has no',
      'other to show (Chroma 0.x), keep only host names in chromaTls.certificate.additionalNames.',
    ),
  ],
};

export const DENO: Client = {
  id: 'deno',
  name: 'JavaScript (Deno)',
  syntax: 'script',
  languages: LANGUAGES,
  verification: 'environment',
  before: [
    ...when('ca', 'deno run --allow-net --allow-env --allow-read --cert «caWord» FILE'),
    ...when('no-ca', 'deno run --allow-net --allow-env --allow-read FILE'),
  ],
  code: [
    'import { ChromaClient } from "npm:chromadb@3";',
    '',
    ...CODE,
    ...when('token', '  headers: { Authorization: `Bearer ${Deno.env.get("«token»")}` },'),
    '});',
  ],
  example: EXAMPLE,
  refuse: refuseFirstApi,
};

/** Version 2 speaks the API v2, version 1 the API v1. */
export const JAVASCRIPT_OLD: Client = {
  id: 'javascript-2',
  name: 'JavaScript (chromadb 1 or 2)',
  syntax: 'script',
  languages: LANGUAGES,
  verification: 'environment',
  before: [
    ...when('rust', 'npm install chromadb@2'),
    ...when('python', 'npm install chromadb@1'),
    ...NODE_TRUST,
  ],
  code: [
    'import { ChromaClient } from "chromadb";',
    '',
    'const client = new ChromaClient({',
    '  path: «url»,',
    ...when(
      'token',
      '  fetchOptions: { headers: { Authorization: `Bearer ${process.env.«token»}` } },',
    ),
    '});',
  ],
  example: [
    '',
    'const embeddingFunction = { generate: async (texts) => texts.map(() => [1, 0, 0]) };',
    'const collection = await client.getOrCreateCollection({ name: "example", embeddingFunction });',
    'await collection.upsert({ ids: ["one"], embeddings: [[1, 0, 0]], documents: ["one"] });',
    'console.log((await collection.query({ queryEmbeddings: [[1, 0, 0]], nResults: 1 })).ids);',
  ],
};

/** Its option `url` would lead to port 0 where the port is the usual one. */
export const LANGCHAIN_JAVASCRIPT: Client = {
  id: 'langchain-javascript',
  name: 'LangChain (JavaScript)',
  syntax: 'script',
  languages: LANGUAGES,
  verification: 'environment',
  before: ['npm install @langchain/community @langchain/core chromadb', ...NODE_TRUST],
  code: [
    'import { Chroma } from "@langchain/community/vectorstores/chroma";',
    '',
    'const openStore = (embeddings) =>',
    '  new Chroma(embeddings, {',
    '    collectionName: "documents",',
    '    clientParams: {',
    '      host: «host»,',
    '      port: «port»,',
    '      ssl: true,',
    ...when('token', '      headers: { Authorization: `Bearer ${process.env.«token»}` },'),
    '    },',
    '  });',
  ],
  example: [
    '',
    'import { FakeEmbeddings } from "@langchain/core/utils/testing";',
    '',
    'const store = openStore(new FakeEmbeddings());',
    'await store.addDocuments([{ pageContent: "one", metadata: { number: 1 } }], { ids: ["one"] });',
    'console.log((await store.similaritySearch("one", 1)).map(({ pageContent }) => pageContent));',
  ],
  refuse: refuseFirstApi,
};
