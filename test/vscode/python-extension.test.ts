import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { extensions, Uri } from 'vscode';
import { readChosenInterpreter } from '../../src/vscode/window/python-extension.ts';
import { openFolder } from './extension.ts';

// The Python extension is only in a gallery, which a test run does not reach.
describe('the interpreter chosen in the editor', () => {
  it('is undefined without the Python extension', async () => {
    assert.equal(extensions.getExtension('ms-python.python'), undefined);
    assert.equal(await readChosenInterpreter(Uri.file(openFolder())), undefined);
  });
});
