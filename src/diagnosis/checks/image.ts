import { tellImageGeneration, readImageCommand } from '../../chroma/runtimes/docker/images.ts';
import { describeImage, nameGeneration } from '../../chroma/version.ts';
import { Engine } from '../../containers/engine.ts';
import { explainPullFailure } from '../../containers/image-pull-problems.ts';
import { skipped, well, type Check, type Finding } from '../check.ts';

/** Milliseconds that a registry may take to say whether it has an image. */
const REGISTRY_LIMIT = 2500;

/** The image: here or to be pulled, and the Chroma that its tag says. */
export const IMAGE: Check = {
  id: 'image',
  after: ['engine'],
  look: async ({ settings, engine: asked, seen, signal }) => {
    const { observation } = await seen;
    const running = observation.kind === 'none' ? undefined : observation.server;
    const runtime = running?.runtime ?? settings.runtime;
    if (runtime === 'local' || runtime === 'external') {
      return skipped(`The runtime ${runtime} needs no image.`);
    }
    const image = running?.image ?? settings.image;
    const engine = new Engine(settings.containerCommand);
    if (!(await asked)?.available) return skipped('There is no container engine to ask.');
    const runs = await readImageCommand(engine, image, signal);
    if (runs === undefined) return askRegistry(engine, image, signal);
    const { version, generation } = describeImage(image);
    const found = tellImageGeneration(runs);
    if (version === undefined || found === undefined || found === generation) {
      return well(`${image} is on this machine`);
    }
    return {
      kind: 'broken',
      problems: [
        {
          code: 'image-mislabelled',
          what: `${image} runs Chroma ${nameGeneration(found)}, and not the ${version} of its tag.`,
          why: 'Chroma TLS asks for the API and serves the data of the version in the tag.',
          next: 'Select an image whose tag is the version it runs.',
          action: 'selectImage',
        },
      ],
    };
  },
};

async function askRegistry(engine: Engine, image: string, signal: AbortSignal): Promise<Finding> {
  const isDocker = (await engine.kind(signal)) === 'docker';
  const ask = ['manifest', 'inspect', image];
  const asked = isDocker ? await engine.run(ask, signal, REGISTRY_LIMIT) : undefined;
  const isUnknown = /no such manifest|manifest unknown|not found/i.test(asked?.stderr ?? '');
  if (!asked || asked.exitCode === 0 || !isUnknown) {
    return well(`${image} is not on this machine yet; the next start pulls it`);
  }
  const said = `manifest unknown: ${asked.stderr}`;
  return {
    kind: 'broken',
    problems: [explainPullFailure(engine.program, { image, setting: 'image' }, said)],
  };
}
