import type { ComposeProposal } from '../compose/proposal.ts';
import { SEPARATE_COMPOSE_FILE } from '../containers/compose/project-files.ts';
import { proposeCompose, writeCompose } from '../workspace/write-compose.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Writes a Compose file; into one that is there only after its changes were seen and agreed to. */
export async function compose(context: CliContext): Promise<number> {
  const { settings, chosen, options, signal } = context;
  const { separate, bearerToken, yes } = options;
  const workspace = await open(context);
  // Without the option the file stays as it is in this.
  const wishes = { chosen, separate, ...(bearerToken ? { bearerToken } : {}) };
  const proposal = await proposeCompose(workspace, wishes, signal);
  const { name, before, after, notes } = proposal;
  const isChange = before !== undefined && before !== after;
  if (isChange) {
    const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
    say(
      createTwoFilesPatch(name, name, before, after, '', '', {
        headerOptions: FILE_HEADERS_ONLY,
      }).trimEnd(),
    );
  }
  if (before !== after) for (const note of notes) say(note);
  if (isChange && !yes) {
    process.stderr.write(`Nothing was written. ${offerToWrite(separate)}\n`);
    return 1;
  }
  const { certificateMade } = await writeCompose(workspace, proposal, signal);
  say(before === after ? `${name} has it all already.` : `Wrote ${name}`);
  if (certificateMade) say(`Made a certificate in ${settings.certificatesFolder}`);
  for (const line of describeNext(proposal)) say(line);
  return 0;
}

function offerToWrite(separate: boolean): string {
  const instead = separate ? '' : `, or have ${SEPARATE_COMPOSE_FILE} written with --separate`;
  return `Apply the changes with --yes${instead}.`;
}

function describeNext({ name, plan }: ComposeProposal): readonly string[] {
  const file = name === SEPARATE_COMPOSE_FILE ? ` --file ${name}` : '';
  return [
    `Start it: docker compose${file} up --detach, or chroma-tls start`,
    ...(plan.bearerToken
      ? ['Clients present CHROMA_TOKEN from .env: -H "Authorization: Bearer $CHROMA_TOKEN"']
      : []),
  ];
}
