import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { until } from '../../harness/until.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { generateFirst } from '../../../src/workspace/generate.ts';
import { openContext } from './open-context.ts';

describe('the certificate that a start makes', () => {
  it('is given up when the start is, whatever hangs', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows runs no script by its first line');
    const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-start-'));
    process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
    const asked = join(await mkdtemp(join(tmpdir(), 'chroma-tls-asked-')), 'asked');
    const containerCommand = join(workspace, 'docker');
    await writeFile(containerCommand, `#!/bin/sh\n: > '${asked}'\nexec sleep 600\n`);
    await chmod(containerCommand, 0o755);
    const settings = {
      ...DEFAULT_SETTINGS,
      containerCommand,
      certificateEngine: 'docker',
    } as const;
    const controller = new AbortController();
    const making = generateFirst(await openContext(workspace, settings), controller.signal);
    const givenUp = assert.rejects(making, { name: 'AbortError' });
    await until('the client was asked, and hangs', () => existsSync(asked));
    controller.abort();
    await givenUp;
    assert.deepEqual(await readdir(workspace), ['docker']);
  });
});
