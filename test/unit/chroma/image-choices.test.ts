import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { listImageChoices } from '../../../src/chroma/image-choices.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';

describe('the images to choose from', () => {
  it('begin with the one that is set, and name each once', () => {
    const own = 'registry.test/own/chroma:2.1.0';
    const images = listImageChoices(own).map(({ image }) => image);
    assert.equal(images[0], own);
    assert.equal(new Set(images).size, images.length);
    assert.ok(images.includes(DEFAULT_SETTINGS.image));
    assert.equal(listImageChoices(DEFAULT_SETTINGS.image)[0]?.image, DEFAULT_SETTINGS.image);
  });

  it('promise nothing of a tag that is no version', () => {
    const [own] = listImageChoices('me/chroma:prod');
    assert.match(own?.consequences ?? '', /0\.x or 1\.x/);
  });

  it('warn of every Python server, and of no other', () => {
    for (const { generation, consequences } of listImageChoices(DEFAULT_SETTINGS.image)) {
      assert.equal(consequences.includes('CVE-2026-45833'), generation === 'python');
    }
  });
});
