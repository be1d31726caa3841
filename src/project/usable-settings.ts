import { toProblem, type ProblemText } from '../system/errors.ts';
import { InvalidSettingError, type Settings } from './settings.ts';

/** Settings to look with, whatever a user wrote. */
export interface UsableSettings {
  readonly settings: Settings;
  /** Why they are not what is written: one of them cannot be. */
  readonly problem?: ProblemText;
}

/**
 * Reads settings for looking at a server: a slip in one of them must not end the looking. The last
 * good ones hold then, or, where there were none, the others with that one's default.
 *
 * @param read throws ExplainedError `invalid-setting`
 */
export function rememberSettings(read: () => Settings): () => UsableSettings {
  let last: Settings | undefined;
  return () => {
    try {
      last = read();
      return { settings: last };
    } catch (error) {
      if (!(error instanceof InvalidSettingError)) throw error;
      return { settings: last ?? error.usable, problem: toProblem(error) };
    }
  };
}
