import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { listImageChoices } from '../../../../src/chroma/image-choices.ts';
import { describeImageChoice } from '../../../../src/vscode/model/image-item.ts';

describe('an image in Select Image', () => {
  const [choice] = listImageChoices('me/chroma:prod');
  assert.ok(choice);
  const { image } = choice;

  it('says what is chosen and what runs, and how large it is where that is known', () => {
    const described = (known: Partial<Parameters<typeof describeImageChoice>[1]>): string =>
      describeImageChoice(choice, { chosen: 'other', sizes: new Map(), ...known });
    assert.equal(described({}), 'your own choice');
    assert.equal(described({ chosen: image, runs: image }), 'chosen, runs now, your own choice');
    const sized = (kind: 'here' | 'download') =>
      described({ sizes: new Map([[image, { kind, bytes: 512_400_000 }]]) });
    assert.equal(sized('here'), 'your own choice, here (512 MB)');
    assert.equal(sized('download'), 'your own choice, download 512 MB');
  });
});
