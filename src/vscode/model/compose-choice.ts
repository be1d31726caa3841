import type { ComposePlan } from '../../compose/compose-plan.ts';
import type { Settings } from '../../project/settings.ts';

/** One way to write a Compose file, for a quick pick. */
export interface ComposeChoice {
  readonly label: string;
  readonly description: string;
  readonly tls: ComposePlan['tls'];
  readonly bearerToken: boolean;
}

type Known = Pick<ComposePlan, 'tls' | 'bearerToken'> & {
  readonly capabilities: Pick<ComposePlan['capabilities'], 'ownTls' | 'ownAuthentication'>;
};

/** The ways that a version of Chroma allows, the present plan first. Pure. */
export function listComposeChoices(
  plan: Known,
  setting: Settings['tlsTermination'],
): readonly ComposeChoice[] {
  const choices = possibleProxies(plan, setting).flatMap((tls) => [
    { tls, bearerToken: false, label: NAMES[tls], description: DESCRIPTIONS[tls] },
    ...(tls !== 'uvicorn' || plan.capabilities.ownAuthentication
      ? [
          {
            tls,
            bearerToken: true,
            label: `${NAMES[tls]}, with a bearer token`,
            description: 'clients send CHROMA_TOKEN from .env',
          },
        ]
      : []),
  ]);
  const isPlanned = ({ tls, bearerToken }: ComposeChoice): boolean =>
    tls === plan.tls && bearerToken === plan.bearerToken;
  return [...choices.filter(isPlanned), ...choices.filter((choice) => !isPlanned(choice))];
}

const NAMES = { uvicorn: 'uvicorn', nginx: 'nginx', envoy: 'Envoy' } as const;

const DESCRIPTIONS = {
  uvicorn: 'Chroma itself serves TLS',
  nginx: "beside Chroma, in its container's network",
  envoy: "beside Chroma, in its container's network",
} as const;

function possibleProxies(
  { tls, capabilities }: Known,
  setting: Settings['tlsTermination'],
): readonly ComposePlan['tls'][] {
  if (setting !== 'auto') return [tls];
  return capabilities.ownTls ? ['uvicorn', 'nginx', 'envoy'] : ['nginx', 'envoy'];
}
