import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { commands } from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { requireProgram } from '../parts.ts';
import { until } from '../harness/until.ts';
import { activateExtension, findLine, openFolder } from './extension.ts';

describe('a key that git tracks', () => {
  let api: ExtensionApi;
  const git = (...args: readonly string[]): void => {
    execFileSync('git', args, { cwd: openFolder(), stdio: 'ignore' });
  };
  const isShown = (): boolean => findLine(api.tree(), 'problem.key-tracked') !== undefined;

  before(async function () {
    await requireProgram(this, 'git');
    api = await activateExtension();
  });
  after(async () => {
    await rm(join(openFolder(), '.git'), { recursive: true, force: true });
    await rm(join(openFolder(), 'certs'), { recursive: true, force: true });
    await until('an empty workspace', () => api.snapshot()?.certificate.kind === 'none');
  });

  it('shows as soon as it is staged, and no longer than that', async () => {
    await commands.executeCommand('chromaTls.generateCertificate');
    git('init');
    git('add', '--force', 'certs/serverkey.pem');
    await until('the problem', isShown);
    assert.equal(
      findLine(api.tree(), 'problem.key-tracked')?.click?.command,
      'chromaTls.untrackKey',
    );
    git('rm', '--cached', 'certs/serverkey.pem');
    await until('no problem', () => !isShown());
  });
});
