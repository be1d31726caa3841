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

  /** What it finds in each certificate a pair's server shows, and in the trusted one. */
  async function lint(subject: Subject): Promise<readonly string[]> {
    const { certificate, ca } = await subject.make();
    const pems = new Set(
      (await Promise.all([certificate, ca].map((file) => readFile(file, 'utf8'))))
        .flatMap(parseCertificates)
        .map(String),
    );
    const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-zlint-'));
    const files = [...pems].map((_, index) => join(folder, `${index}.pem`));
    await Promise.all([...pems].map((pem, index) => writeFile(files[index] ?? '', pem)));
    const { stdout } = await promisify(execFile)(zlint, ['-includeSources', SOURCES, ...files]);
    const reports = stdout.trim().split('\n').map(readReport);
    assert.equal(reports.length, pems.size);
    return reports.flat();
  }

  it(`finds nothing in what Chroma TLS makes (${SUBJECTS.length} pairs)`, async () => {
    for (const subject of SUBJECTS) assert.deepEqual(await lint(subject), [], subject.title);
  });

  it('finds fault with the Chroma Cookbook’s command', async () => {
    const [cookbook] = PEERS;
    assert.ok(cookbook);
    assert.deepEqual(await lint(cookbook), [
      'e_ext_authority_key_identifier_no_key_identifier: error',
    ]);
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
