// A folder to try the extension in. Never inside the repository, and kept: what was made in it (a
// certificate, a server's data) is still there the next time.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { benchPath, exists } from './parts/bench.mjs';

const files = {
  '.env': 'CHROMA_DOMAIN=localhost\n',
  'README.md': `# Chroma over TLS

**Get Started with Chroma TLS** leads through four steps, beside the view **Chroma TLS**. Both can be
opened again: the view in the activity bar, the steps by *Welcome: Open Walkthrough*.
`,
};

/** @returns {Promise<string>} */
export async function sampleWorkspace() {
  const folder = benchPath('sample-workspace');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    if (!(await exists(join(folder, name)))) await writeFile(join(folder, name), text);
  }
  return folder;
}
