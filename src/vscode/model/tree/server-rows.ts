import { qualifyImage } from '../../../containers/image-name.ts';
import type { ServerFacts } from '../../../chroma/server-facts.ts';
import type { Status } from '../../../chroma/status/derive-status.ts';
import { isOfServer } from '../../../chroma/status/server-problems.ts';
import { isExternal, type Snapshot } from '../../../chroma/status/snapshot.ts';
import { describeAccess, EVERY_CLIENT, findAccessChange } from '../access.ts';
import { openSetting, ours } from '../actions.ts';
import { endpointOf, listTroubles, runningServer } from '../facts.ts';
import { STATE_LOOKS } from '../state-looks.ts';
import { describeState } from '../status-bar.ts';
import { nameImage, RUNTIME_NAMES, TERMINATION_NAMES } from '../messages/wording.ts';
import { renderProblem } from './problem-rows.ts';
import { factRow, type TreeNode, row } from './tree-node.ts';

/** The server, with what is wrong with it and what is known of it. */
export function renderServer(snapshot: Snapshot, status: Status, now: number): TreeNode {
  const tooltip = [
    `Chroma server: ${describeState(status)}`,
    ...listTroubles(snapshot, status, now),
  ].join('\n');
  return row({
    id: 'server',
    label: 'Server',
    description: describeState(status),
    tooltip,
    copies: tooltip,
    contextValue: `${isExternal(snapshot) ? 'external' : 'server'}.${status.state}`,
    click: ours('chromaTls.showStatus'),
    children: [
      ...renderTrouble(status, snapshot),
      ...renderAddress(snapshot, status),
      ...renderFacts(snapshot),
    ],
  });
}

/** Why the server is not healthy. */
function renderTrouble(status: Status, snapshot: Snapshot): readonly TreeNode[] {
  switch (status.state) {
    case 'failed':
      return [renderProblem(status.problem, snapshot, 'error')].map(asFailure);
    case 'unreachable':
      return [renderProblem(status.failure, snapshot, 'error')].map(asFailure);
    case 'degraded':
      // The certificate's own problems are listed under the certificate.
      return status.problems.filter(isOfServer).map((problem) => renderProblem(problem, snapshot));
    default:
      return [];
  }
}

/** Under an id of its own: the certificate may have a problem with the same code. */
function asFailure(node: TreeNode): TreeNode {
  return { ...node, id: 'failure' };
}

/** With the state of the server there as its icon. */
function renderAddress(snapshot: Snapshot, { state }: Status): readonly TreeNode[] {
  const address = endpointOf(snapshot);
  if (address === undefined) return [];
  const { icon, name } = STATE_LOOKS[state];
  return [
    row({
      id: 'address',
      label: 'Address',
      description: address,
      saying: [name],
      icon,
      click: ours('chromaTls.copyEndpoint'),
    }),
  ];
}

function renderFacts(snapshot: Snapshot): readonly TreeNode[] {
  const server = runningServer(snapshot);
  if (!server) return renderChosenImage(snapshot);
  return [
    factRow('runtime', 'Runtime', RUNTIME_NAMES[server.runtime], 'server-process', {
      click: openSetting('chromaTls.runtime'),
    }),
    ...renderRunningImage(snapshot, server),
    factRow('tls', 'TLS', TERMINATION_NAMES[server.tls], 'lock', {
      click: openSetting('chromaTls.tlsTermination'),
    }),
    ...renderAccess(snapshot),
  ];
}

/** Shown where not every client may ask, or the settings say something else. */
function renderAccess(snapshot: Snapshot): readonly TreeNode[] {
  const access = describeAccess(snapshot);
  const change = findAccessChange(snapshot);
  if (access === undefined || (access === EVERY_CLIENT && change === undefined)) return [];
  const tooltip = change === undefined ? {} : { tooltip: `${change} Restart it.` };
  const click = openSetting('chromaTls.token');
  return [factRow('access', 'Access', access, 'key', { ...tooltip, click })];
}

/** The image that the next start runs, where a setting alone says it. */
function renderChosenImage(snapshot: Snapshot): readonly TreeNode[] {
  const image = chosenImage(snapshot);
  if (image === undefined || isExternal(snapshot)) return [];
  return [
    factRow('image', 'Image', image, 'package', {
      tooltip: `The next start runs ${image}.`,
      click: ours('chromaTls.selectImage'),
    }),
  ];
}

/** What runs and, where it is another, what is chosen for the next start. */
function renderRunningImage(snapshot: Snapshot, server: ServerFacts): readonly TreeNode[] {
  const { image, runtime } = server;
  if (image === undefined) return [];
  const chosen = runtime === 'docker' ? chosenImage(snapshot) : undefined;
  const click = ours('chromaTls.selectImage');
  if (chosen === undefined || qualifyImage(chosen) === qualifyImage(image)) {
    return [factRow('image', nameImage(server), image, 'package', { click })];
  }
  return [
    row({
      id: 'image',
      label: 'Image',
      description: describeDifference(image, chosen),
      tooltip: `${image} runs, ${chosen} is chosen. Restart the server to run it.`,
      saying: ['Restart the server to run it'],
      icon: { name: 'package' },
      contextValue: 'image.other',
      click,
    }),
  ];
}

/** By the tags alone where only they differ. */
function describeDifference(image: string, chosen: string): string {
  const [one, other] = [splitTag(image), splitTag(chosen)];
  return qualifyImage(one.name) === qualifyImage(other.name) && one.tag !== '' && other.tag !== ''
    ? `runs ${one.tag}, ${other.tag} chosen`
    : `runs ${image}, ${chosen} chosen`;
}

function splitTag(image: string): { readonly name: string; readonly tag: string } {
  const [, name = image, tag = ''] = /^([^@]+):([^/:@]+)$/.exec(image) ?? [];
  return { name, tag };
}

/** Where a Compose file, an installed program or someone else says what runs, there is none. */
function chosenImage({ settings }: Snapshot): string | undefined {
  if (settings?.settings.runtime !== 'auto' && settings?.settings.runtime !== 'docker') {
    return undefined;
  }
  return settings.settings.image;
}
