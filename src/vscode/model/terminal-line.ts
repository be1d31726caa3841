import { ExplainedError } from '../../system/errors.ts';

/**
 * A line as it may be typed into a terminal, where a control character is a key pressed: a folder
 * whose name has a line feed in it would run what is before it.
 *
 * @throws ExplainedError `control-characters`
 */
export function checkTerminalLine(line: string): string {
  if (!/\p{Cc}/u.test(line)) return line;
  throw new ExplainedError({
    code: 'control-characters',
    what: 'The line was not typed into a terminal.',
    why: 'It has control characters in it, which would act as keys pressed there.',
    next: 'Rename the folder or file that has them in its name, then try again.',
  });
}
