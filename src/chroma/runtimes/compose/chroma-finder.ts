import { LABELS } from '../docker/commands.ts';

/** What is looked at to tell which service is Chroma: of a file or of a container. */
export interface ServiceCandidate {
  readonly name: string;
  readonly image: string | undefined;
  readonly labels: Readonly<Partial<Record<string, string>>>;
}

/** The name our own files give it. */
export const CHROMA_SERVICE = 'chroma';

/**
 * The service that is the Chroma server: the one with our label, else the one called `chroma`, else
 * the first that runs Chroma's image. Pure.
 */
export function findChroma<Service extends ServiceCandidate>(
  services: readonly Service[],
): Service | undefined {
  return (
    services.find(({ labels }) => labels[LABELS.role] === 'server') ??
    services.find(({ name }) => name === CHROMA_SERVICE) ??
    services.find(({ image }) => isChromaImage(image))
  );
}

/** `chromadb/chroma` or the project's own registry, from wherever it is mirrored. */
function isChromaImage(image: string | undefined): boolean {
  return /(^|\/)(chromadb|chroma-core)\/chroma(:|@|$)/.test(image ?? '');
}
