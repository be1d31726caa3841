import type { InspectedContainer } from '../inspected-container.ts';

/** What every Compose, old and new, writes on its containers. */
export const COMPOSE_LABELS = {
  folder: 'com.docker.compose.project.working_dir',
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  /** A hash of the service in the file. Compose compares it to see whether the file has changed. */
  hash: 'com.docker.compose.config-hash',
  /** The old docker-compose does not write it: `chroma:service_healthy:false,…` */
  dependsOn: 'com.docker.compose.depends_on',
} as const;

/** The service a container was made for; empty where Compose did not make it. Pure. */
export function nameService({ Labels }: InspectedContainer): string {
  return Labels?.[COMPOSE_LABELS.service] ?? '';
}
