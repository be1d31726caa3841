import { X509Certificate } from 'node:crypto';
import { AWS_EXAMPLE } from '../../../certificates/public/acme/aws-endpoint.ts';
import type { Directory } from '../../../certificates/public/acme/directory.ts';
import {
  findKnownDirectory,
  KNOWN_DIRECTORIES,
} from '../../../certificates/public/acme/known-directories.ts';
import { ExplainedError, explain, toProblem } from '../../../system/errors.ts';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import {
  explainInvalidDirectory,
  type RequestAnswers,
} from '../../model/public/request-choices.ts';
import { readDirectory } from '../../../workspace/public/read-directory.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { chooseInStep } from '../../window/choose-in-step.ts';
import type { PlainItem } from '../../window/plain-window.ts';
import { pickInStep, typeInStep } from '../../window/step-input.ts';
import type { Step } from '../../window/steps.ts';

/** What the questions have found out on the way. */
export interface Answers extends RequestAnswers {
  readonly facts?: Directory;
  /** The item of the first question was one whose URL has to be typed. */
  readonly typesUrl?: boolean;
  readonly needsRoot?: boolean;
}

interface AuthorityItem extends PlainItem {
  readonly url?: string;
}

const AUTHORITIES: readonly AuthorityItem[] = [
  ...KNOWN_DIRECTORIES.map(({ word, name, url, note }) => ({
    label: name,
    icon: word === 'staging' ? 'beaker' : 'organization',
    description: new URL(url).host,
    detail: note,
    url,
  })),
  {
    label: 'AWS Certificate Manager (its ACME endpoint)',
    icon: 'cloud',
    detail:
      'Its certificates are trusted everywhere. It wants an endpoint of yours, by its URL and key.',
  },
  {
    label: 'Another ACME Directory',
    icon: 'link',
    detail: 'Any other authority, such as one of your company: you type its URL.',
  },
];

export const chooseAuthority: Step<Answers> = {
  ask: async (answers, frame) => {
    const before = AUTHORITIES.find(({ url }) => url !== undefined && url === answers.directory);
    const { url } = await pickInStep(
      frame,
      'Which authority signs the certificate?',
      AUTHORITIES,
      before ?? AUTHORITIES[0],
    );
    if (url === undefined) return { ...answers, typesUrl: true };
    return withDirectory({ ...answers, typesUrl: false }, url, await askDirectory(url));
  },
};

export const typeDirectory: Step<Answers> = {
  isOpen: ({ typesUrl }) => typesUrl === true,
  ask: async (answers, frame) => {
    let facts: Directory | undefined;
    const known = findKnownDirectory(answers.directory ?? '');
    const url = await typeInStep(frame, {
      prompt: `The URL of the ACME directory. AWS shows it with the endpoint.`,
      placeholder: AWS_EXAMPLE,
      value: known ? '' : answers.directory,
      check: explainInvalidDirectory,
      accept: async (text) => {
        try {
          // The input itself shows that it is busy.
          facts = await readDirectory(text, undefined, new AbortController().signal);
          return undefined;
        } catch (error) {
          // The next question asks for its root.
          if (isRootUnknown(error)) return undefined;
          return explain(toProblem(error));
        }
      },
    });
    return facts
      ? withDirectory(answers, url, facts)
      : { ...answers, directory: url, needsRoot: true };
  },
};

function withDirectory(answers: Answers, directory: string, facts: Directory): Answers {
  const { directoryRoots: _former, profile: _profile, ...rest } = answers;
  return { ...rest, directory, facts, needsRoot: false };
}

function isRootUnknown(error: unknown): boolean {
  return error instanceof ExplainedError && error.code === 'acme-root-unknown';
}

/** Only where this machine does not know what the directory's own TLS stands on. */
export const chooseRoot: Step<Answers> = {
  isOpen: ({ typesUrl, needsRoot }) => typesUrl === true && needsRoot === true,
  ask: async (answers, frame) => {
    const { directory = '' } = answers;
    const { host } = new URL(directory);
    for (let why = `No public authority vouches for ${host}. Is it one of your own?`; ;) {
      await pickInStep(frame, why, [CHOOSE_ROOT]);
      const path = await chooseInStep('Root Certificate of the Directory', {
        filters: { 'Certificates in PEM': ['pem', 'crt', 'cer'], 'All files': ['*'] },
      });
      const directoryRoots = readRoots((await readSmallFile(path)).toString('utf8'));
      if (directoryRoots === undefined) {
        why = `${path} holds no certificate in PEM.`;
        continue;
      }
      try {
        const facts = await askDirectory(directory, directoryRoots);
        return { ...answers, directoryRoots, facts };
      } catch (error) {
        if (!isRootUnknown(error)) throw error;
        why = `${host} does not stand on the certificate in ${path}.`;
      }
    }
  },
};

const CHOOSE_ROOT: PlainItem = {
  label: 'Choose the Root Certificate',
  icon: 'folder-opened',
  detail: 'A PEM file with the roots of this server’s own TLS and of what it issues.',
};

/** The certificates of a file, in PEM; undefined where it has none. Nothing else of it is kept. */
export function readRoots(text: string): string | undefined {
  try {
    new X509Certificate(text);
  } catch {
    return undefined;
  }
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.join('\n');
}

function askDirectory(url: string, roots?: string): Promise<Directory> {
  return runCancellable(`Asking ${new URL(url).host}`, ({ signal }) =>
    readDirectory(url, roots, signal),
  );
}
