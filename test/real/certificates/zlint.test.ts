import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { before, describe, it } from 'mocha';
import { parseCertificates } from '../../../src/certificates/encoding/pem-certificates.ts';
import { requirePart } from '../../parts.ts';
import { PEERS } from './verification/peers.ts';
import { SUBJECTS, type Subject } from './verification/subjects.ts';

/** The standards; the rules of public authorities never fit a name such as localhost. */
const SOURCES = 'RFC3279,RFC5280,RFC5480,RFC5891,RFC8813';

describe('zlint', () => {
  let zlint = '';

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image openquantumsafe/openssl3');
    zlint = requirePart(this, 'zlint').path;
  });

  /** What it finds in each certificate that the pairs' servers show, and in the trusted ones. */
  async function lint(subjects: readonly Subject[]): Promise<ReadonlyMap<string, string[]>> {
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-zlint-'));
    const files: { readonly title: string; readonly file: string }[] = [];
    for (const { title, make } of subjects) {
      const { certificate, ca } = await make();
      const texts = await Promise.all([certificate, ca].map((file) => readFile(file, 'utf8')));
      for (const pem of new Set(texts.flatMap(parseCertificates).map(String))) {
        const file = join(folder, `${files.length}.pem`);
        await writeFile(file, pem);
        files.push({ title, file });
      }
    }
    const args = ['-includeSources', SOURCES, ...files.map(({ file }) => file)];
    const { stdout } = await promisify(execFile)(zlint, args, { maxBuffer: 64 * 1024 * 1024 });
    const reports = stdout.trim().split('\n').map(readReport);
    assert.equal(reports.length, files.length);
    const found = new Map<string, string[]>(subjects.map(({ title }) => [title, []]));
    files.forEach(({ title }, index) => found.get(title)?.push(...(reports[index] ?? [])));
    return found;
  }

  it(`finds nothing in what Chroma TLS makes (${SUBJECTS.length} pairs)`, async () => {
    for (const [title, faults] of await lint(SUBJECTS)) assert.deepEqual(faults, [], title);
  });

  it('finds fault with the Chroma Cookbook’s command', async () => {
    const [cookbook] = PEERS;
    assert.ok(cookbook);
    assert.deepEqual(
      [...(await lint([cookbook]))],
      [[cookbook.title, ['e_ext_authority_key_identifier_no_key_identifier: error']]],
    );
  });
});

/** The lints that have something to say. */
function readReport(line: string): readonly string[] {
  const lints = Object.entries(JSON.parse(line) as Record<string, { result: string }>);
  assert.ok(lints.some(([, { result }]) => result === 'pass'));
  return lints.flatMap(([name, { result }]) =>
    ['pass', 'NA', 'NE'].includes(result) ? [] : [`${name}: ${result}`],
  );
}
