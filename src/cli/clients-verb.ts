import { CLIENTS } from '../clients/catalogue.ts';
import { writeClientCode } from '../workspace/client-code.ts';
import { UsageError } from './arguments.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Prints the code that connects one kind of client, or says which kinds there are. */
export async function clients(context: CliContext): Promise<number> {
  const { language } = context.options;
  if (language === undefined) {
    for (const { id, name } of CLIENTS) say(`${id.padEnd(21)} ${name}`);
    return 0;
  }
  const client = CLIENTS.find(({ id }) => id === language);
  if (!client) {
    const known = CLIENTS.map(({ id }) => id).join(', ');
    throw new UsageError(`There is no client ${language}. --language is one of ${known}.`);
  }
  const workspace = await open(context);
  await context.server.observe();
  process.stdout.write(await writeClientCode(workspace, client));
  return 0;
}
