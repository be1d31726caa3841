import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { describeChroma } from './chroma-service.ts';
import type { ComposePlan, ExplainedService } from './compose-plan.ts';
import { describeProxy } from './tls-proxy-service.ts';
import { writeYaml, type YamlLayout } from '../system/yaml/yaml-text.ts';
import type { YamlMap } from '../system/yaml/yaml-value.ts';

/** What is ours in a Compose file. */
export interface OurServices {
  readonly chroma: YamlMap;
  /** None where uvicorn ends TLS. */
  readonly proxy?: YamlMap;
  readonly look: Pick<YamlLayout, 'comments' | 'spaced'>;
}

/** Our services with their comments. Pure. */
export function describeOurServices(plan: ComposePlan): OurServices {
  const { names } = plan;
  const chroma = describeChroma(plan);
  const proxy = describeProxy(plan);
  const commentsOf = (name: string, comments: ExplainedService['comments'] = {}) =>
    Object.entries(comments).map(([path, text]) => [`services/${name}/${path}`, text] as const);
  return {
    chroma: chroma.service,
    ...(proxy ? { proxy: proxy.service } : {}),
    look: {
      comments: new Map([
        ...commentsOf(names.chroma, chroma.comments),
        ...commentsOf(names.proxy, proxy?.comments),
      ]),
      // A blank line between the sections, and between services.
      spaced: (path) => path.length === 1 || (path.length === 2 && path[0] === 'services'),
    },
  };
}

/** A whole Compose file with only our services in it. Pure. */
export function writeOurFile(plan: ComposePlan): string {
  const { names } = plan;
  const { chroma, proxy, look } = describeOurServices(plan);
  const project: YamlMap = {
    services: { [names.chroma]: chroma, ...(proxy ? { [names.proxy]: proxy } : {}) },
    volumes: { [names.volume]: null },
  };
  return introduce(plan) + writeYaml(project, { ...look, indent: 2, indentSequences: true });
}

function introduce(plan: ComposePlan): string {
  const { capabilities, url, port, certificatesFolder, bearerToken, keyEncrypted } = plan;
  const ca = `${certificatesFolder.replace(/^\.\//, '')}/ca.pem`;
  return [
    `Chroma over TLS. Make ${certificatesFolder} first, which git ignores: \`chroma-tls generate\`, or`,
    '"Chroma: Generate Certificate" in VS Code. To start it, and to see that it answers:',
    '  docker compose up --detach',
    `  curl --cacert ${ca} ${url}${capabilities.heartbeatPath}`,
    '',
    'From .env, or the environment:',
    `  CHROMA_DOMAIN    the name clients use`,
    `  CHROMA_TLS_PORT  the port they use instead of ${port}`,
    ...(bearerToken ? ['  CHROMA_TOKEN     the bearer token they present'] : []),
    ...(keyEncrypted
      ? ['', `From the environment: ${PASSPHRASE_VARIABLE}, the passphrase of the key.`]
      : []),
    '',
    'The data is in a volume; docker compose down keeps it.',
  ]
    .map((line) => `# ${line}`.trimEnd() + '\n')
    .join('');
}
