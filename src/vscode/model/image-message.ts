import type { RuntimeKind } from '../../chroma/server-facts.ts';
import { ours, type Button } from './actions.ts';

/** What is said once an image was chosen, and the button that goes on from there. */
export interface ImageMessage {
  readonly text: string;
  readonly button?: Button;
}

/**
 * When a choice takes effect. Pure.
 *
 * @param runtime what a start would run Chroma with; none where it says what is missing
 * @param isRunning whether a server of ours runs now
 */
export function describeChosenImage(
  image: string,
  runtime: RuntimeKind | undefined,
  isRunning: boolean,
): ImageMessage {
  switch (runtime) {
    case 'compose':
      return {
        text: `The Compose file says which image runs. ${image} takes effect with Create Docker Compose File.`,
        button: ours('chromaTls.createComposeFile'),
      };
    case 'external':
      return { text: `${image} is set. The server of the runtime external stays as it is.` };
    case 'docker':
    case 'local':
      return {
        text: `The next start runs ${image}.`,
        button: ours(isRunning ? 'chromaTls.restartServer' : 'chromaTls.startServer'),
      };
    case undefined:
      return { text: `${image} is set.`, button: ours('chromaTls.startServer') };
  }
}
