import { X509Certificate } from 'node:crypto';
import { AWS_EXAMPLE } from '../../certificates/public/acme/aws-endpoint.ts';
import {
  findKnownDirectory,
  KNOWN_DIRECTORIES,
} from '../../certificates/public/acme/known-directories.ts';
import { ExplainedError, explain, toProblem } from '../../system/errors.ts';
import { readSmallFile } from '../../system/files/replace-file.ts';
import { explainInvalidDirectory, type RequestAnswers } from '../model/request-choices.ts';
import { chooseInStep } from '../window/choose-in-step.ts';
import type { PlainItem } from '../window/plain-window.ts';
import { pickInStep, typeInStep } from '../window/step-input.ts';
import type { Step } from '../window/steps.ts';

/** What an ACME directory says of itself, as far as it matters for the questions. */
export interface DirectoryFacts {
  /** Each with what it is, as the directory words it. */
  readonly profiles: Readonly<Record<string, string>>;
  readonly needsBinding: boolean;
}

/** What the questions have found out on the way. */
export interface Answers extends RequestAnswers {
  readonly facts?: DirectoryFacts;
  /** The item of the first question was one whose URL has to be typed. */
  readonly typesUrl?: boolean;
  readonly needsRoot?: boolean;
}

/** What asks a directory. */
export interface DirectoryQuestionOptions {
  /**
   * Asks a directory what it is.
   *
   * @param roots PEM of the authorities that its TLS is verified with besides the public ones
   * @throws ExplainedError `acme-root-unknown` where its TLS stands on none of them
   */
  readonly readDirectory: (url: string, roots?: string) => Promise<DirectoryFacts>;
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

export function chooseAuthority({ readDirectory }: DirectoryQuestionOptions): Step<Answers> {
  return {
    ask: async (answers, frame) => {
      const before = AUTHORITIES.find(({ url }) => url !== undefined && url === answers.directory);
      const { url } = await pickInStep(
        frame,
        'Which authority signs the certificate?',
        AUTHORITIES,
        before ?? AUTHORITIES[0],
      );
      if (url === undefined) return { ...answers, typesUrl: true };
      return withDirectory({ ...answers, typesUrl: false }, url, await readDirectory(url));
    },
  };
}

export function typeDirectory({ readDirectory }: DirectoryQuestionOptions): Step<Answers> {
  return {
    isOpen: ({ typesUrl }) => typesUrl === true,
    ask: async (answers, frame) => {
      let facts: DirectoryFacts | undefined;
      const known = findKnownDirectory(answers.directory ?? '');
      const url = await typeInStep(frame, {
        prompt: `The URL of the ACME directory. AWS shows it with the endpoint.`,
        placeholder: AWS_EXAMPLE,
        value: known ? '' : answers.directory,
        check: explainInvalidDirectory,
        accept: async (text) => {
          try {
            facts = await readDirectory(text);
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
}

function withDirectory(answers: Answers, directory: string, facts: DirectoryFacts): Answers {
  const { directoryRoots: _former, profile: _profile, ...rest } = answers;
  return { ...rest, directory, facts, needsRoot: false };
}

function isRootUnknown(error: unknown): boolean {
  return error instanceof ExplainedError && error.code === 'acme-root-unknown';
}

const CHOOSE = 'Choose the Root Certificate';

/** Only where this machine does not know what the directory's own TLS stands on. */
export function chooseRoot({ readDirectory }: DirectoryQuestionOptions): Step<Answers> {
  return {
    isOpen: ({ typesUrl, needsRoot }) => typesUrl === true && needsRoot === true,
    ask: async (answers, frame) => {
      const { directory = '' } = answers;
      await pickInStep(frame, `No public authority vouches for ${new URL(directory).host}`, [
        {
          label: CHOOSE,
          icon: 'folder-opened',
          detail: 'A PEM file with the root that this server’s own TLS is verified with.',
        },
      ]);
      const path = await chooseInStep('Root Certificate of the Directory', {
        filters: { 'Certificates in PEM': ['pem', 'crt', 'cer'], 'All files': ['*'] },
      });
      const directoryRoots = readRoots(path, (await readSmallFile(path)).toString('utf8'));
      const facts = await readDirectory(directory, directoryRoots);
      return { ...answers, directoryRoots, facts };
    },
  };
}

/** @throws ExplainedError where the file is no certificate: nothing else is kept of it */
function readRoots(path: string, text: string): string {
  try {
    new X509Certificate(text);
  } catch (error) {
    throw new ExplainedError(
      {
        code: 'not-a-certificate',
        what: `${path} holds no certificate in PEM.`,
        next: 'Choose the file of the root certificate. It begins with -----BEGIN CERTIFICATE-----.',
      },
      error,
    );
  }
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).join(
    '\n',
  );
}
