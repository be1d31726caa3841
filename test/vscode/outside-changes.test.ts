import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { commands, ConfigurationTarget, workspace } from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { until } from '../harness/until.ts';
import { activateExtension, findLine, openFolder } from './extension.ts';

describe('changes from outside', () => {
  let api: ExtensionApi;
  let folder: string;
  const domain = (): string | undefined => api.snapshot()?.domain;

  before(async () => {
    api = await activateExtension();
    folder = openFolder();
  });

  afterEach(async () => {
    await workspace
      .getConfiguration('chromaTls')
      .update('envFile', undefined, ConfigurationTarget.Workspace);
    for (const name of ['certs', '.env', 'other.env', '.vscode']) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
    await until('an empty workspace', () => api.snapshot()?.certificate.kind === 'none');
    await until('the default domain', () => domain() === 'localhost');
  });

  it('of the env file show in the view: created, changed, replaced, deleted', async () => {
    const envFile = join(folder, '.env');
    await writeFile(envFile, 'CHROMA_DOMAIN=one.test\n');
    await until('created', () => domain() === 'one.test');
    await writeFile(envFile, 'CHROMA_DOMAIN=two.test\n');
    await until('changed', () => domain() === 'two.test');
    await writeFile(join(folder, '.env.new'), 'CHROMA_DOMAIN=three.test\n');
    await rename(join(folder, '.env.new'), envFile);
    await until('replaced', () => domain() === 'three.test');
    await rm(envFile);
    await until('deleted', () => domain() === 'localhost');
  });

  it('of the env file show when it is replaced and deleted at once', async () => {
    const envFile = join(folder, '.env');
    await writeFile(envFile, 'CHROMA_DOMAIN=one.test\n');
    await until('created', () => domain() === 'one.test');
    await writeFile(join(folder, '.env.new'), 'CHROMA_DOMAIN=two.test\n');
    await rename(join(folder, '.env.new'), envFile);
    await rm(envFile);
    await until('deleted', () => domain() === 'localhost');
  });

  it('of the domain show at once that the certificate no longer covers it', async () => {
    await commands.executeCommand('chromaTls.generateCertificate');
    await writeFile(join(folder, '.env'), 'CHROMA_DOMAIN=other.test\n');
    await until('a problem', () => findLine(api.tree(), 'problem.name-mismatch') !== undefined);
    assert.equal(findLine(api.tree(), 'domain')?.icon?.name, 'warning');
  });

  it('of the certificates show in the view, also when the whole folder goes', async () => {
    await commands.executeCommand('chromaTls.generateCertificate');
    await rm(join(folder, 'certs', 'serverkey.pem'));
    await until('half a pair', () => findLine(api.tree(), 'problem.half-pair') !== undefined);
    await rm(join(folder, 'certs'), { recursive: true });
    await until('an empty view', () => api.tree().length === 0);
  });

  it('of the settings move the watch along', async () => {
    await writeFile(join(folder, 'other.env'), 'CHROMA_DOMAIN=four.test\n');
    await workspace
      .getConfiguration('chromaTls')
      .update('envFile', '${workspaceFolder}/other.env', ConfigurationTarget.Workspace);
    await until('the other file', () => domain() === 'four.test');
    await writeFile(join(folder, 'other.env'), 'CHROMA_DOMAIN=five.test\n');
    await until('the other file followed', () => domain() === 'five.test');
  });
});
