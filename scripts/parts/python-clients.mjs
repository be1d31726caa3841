// LangChain and LlamaIndex for Python, in one virtual environment, for the tests that run what we print.
import { join } from 'node:path';
import { asPart, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

const packages = ['langchain-chroma==1.1.0', 'llama-index-vector-stores-chroma==0.6.0'];

export function pythonClients() {
  return asPart('python clients', async () => {
    const folder = await keptFolder(packages.join('-').replaceAll('==', '-'), async (target) => {
      progress('python clients')('installing into a virtual environment');
      await uv(['venv', '--clear', target]);
      await uv(['pip', 'install', '--python', join(target, 'bin', 'python'), ...packages]);
    });
    return { available: true, python: join(folder, 'bin', 'python') };
  });
}
