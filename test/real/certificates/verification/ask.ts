import { execFile } from 'node:child_process';

/** One question to a verifier: is it, for who trusts `ca`, the server of that name? */
export interface Check {
  /** The file of the trusted certificate. */
  readonly ca: string;
  readonly address: string;
  readonly port: number;
  readonly name: string;
}

/**
 * Puts all questions to a verifier (`test/verifiers/README.md` has the protocol).
 *
 * @returns the answers in order: `OK`, or the verifier's own reason
 */
export function ask(
  [program, ...args]: readonly [string, ...string[]],
  checks: readonly Check[],
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 180_000 }, (error, stdout, stderr) => {
      const answers = stdout.split('\n').slice(0, -1);
      if (error ?? answers.length !== checks.length) {
        reject(new Error(`${program}: ${answers.length} answers. ${stderr}`, { cause: error }));
      } else {
        resolve(answers);
      }
    });
    const lines = checks.map(({ ca, address, port, name }) => [ca, address, port, name].join('\t'));
    child.stdin?.end(`${lines.join('\n')}\n`);
  });
}
