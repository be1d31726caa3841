import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeChosenImage } from '../../../../src/vscode/model/image-message.ts';

const IMAGE = 'chromadb/chroma:0.6.3';

/** What is said, and the command of the button. */
function said(...[runtime, isRunning]: [Parameters<typeof describeChosenImage>[1], boolean]) {
  const { text, button } = describeChosenImage(IMAGE, runtime, isRunning);
  return [text, button?.command];
}

describe('what is said of an image that was chosen', () => {
  it('is that the next start runs it, where a start does', () => {
    for (const runtime of ['docker', 'local'] as const) {
      const text = `The next start runs ${IMAGE}.`;
      assert.deepEqual(said(runtime, false), [text, 'chromaTls.startServer']);
      assert.deepEqual(said(runtime, true), [text, 'chromaTls.restartServer']);
    }
    assert.deepEqual(said(undefined, false), [`${IMAGE} is set.`, 'chromaTls.startServer']);
  });

  it('is what has to be written first, where a Compose file names the image', () => {
    for (const isRunning of [true, false]) {
      const [text, command] = said('compose', isRunning);
      assert.match(text ?? '', /takes effect with Create Docker Compose File/);
      assert.equal(command, 'chromaTls.createComposeFile');
    }
  });

  it('promises nothing of a server that someone else runs', () => {
    const [text, command] = said('external', true);
    assert.match(text ?? '', /stays as it is/);
    assert.equal(command, undefined);
  });
});
