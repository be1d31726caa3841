import { runMocha } from './run-mocha.ts';

/** VS Code calls this inside its extension host (`extensionTestsPath`). */
export async function run(): Promise<void> {
  const files = JSON.parse(process.env['CHROMA_TLS_TEST_FILES'] ?? '[]') as string[];
  await runMocha(files);
}
