import { ExplainedError } from '../../system/errors.ts';

/**
 * Checks a line before it is typed into a terminal, where a control character acts as a key: a
 * line feed in a folder's name would run what is before it.
 *
 * @throws ExplainedError `control-characters`
 */
export function checkTerminalLine(line: string): string {
  if (!/\p{Cc}/u.test(line)) return line;
  throw new ExplainedError({
    code: 'control-characters',
    what: 'The command was not typed into a terminal.',
    why: 'Control characters in it would act as keys.',
    next: 'Rename the file or folder that has them, then try again.',
  });
}
