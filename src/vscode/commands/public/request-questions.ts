import { isAwsEndpoint } from '../../../certificates/public/acme/aws-endpoint.ts';
import { findKnownDirectory } from '../../../certificates/public/acme/known-directories.ts';
import type { AccountBinding } from '../../../certificates/public/acme/connection/acme-session.ts';
import type { AcmeSource } from '../../../certificates/public/certificate-source.ts';
import {
  ALL_PROOFS,
  explainInvalidNameList,
  explainInvalidPort,
  fittingProofs,
  readNameList,
  toSource,
  type ProofChoice,
} from '../../model/public/request-choices.ts';
import { chooseInStep } from '../../window/choose-in-step.ts';
import type { PlainItem } from '../../window/plain-window.ts';
import { pickInStep, typeInStep } from '../../window/step-input.ts';
import { askInSteps, type Step } from '../../window/steps.ts';
import { chooseAuthority, chooseRoot, typeDirectory, type Answers } from './directory-questions.ts';

/** What is asked for, and what binds the account where the directory wants that. */
export interface RequestedCertificate {
  readonly source: AcmeSource;
  readonly eab?: AccountBinding;
  /** URL of the terms that the authority wants agreed to. */
  readonly terms?: string;
}

export interface QuestionOptions {
  readonly title: string;
  /** The name that is proposed. */
  readonly domain: string;
  /** The ways to prove a name that the program has. */
  readonly proofs?: readonly ProofChoice['id'][];
}

/**
 * Asks for all that an ACME request needs, one question after the other, with a way back.
 *
 * @throws AbortError when cancelled; ExplainedError as `readDirectory` does
 */
export async function askForRequest(options: QuestionOptions): Promise<RequestedCertificate> {
  const steps = [
    chooseAuthority,
    typeDirectory,
    chooseRoot,
    typeNames(options),
    chooseProof(options),
    typePort,
    chooseWebroot,
    chooseHook,
    chooseProfile,
    typeEmail,
    typeKeyId,
    typeHmacKey,
  ];
  const answers = await askInSteps<Answers>(options.title, steps, {});
  const { keyId = '', hmacKey = '' } = answers;
  const bound = needsBinding(answers) && keyId !== '' && hmacKey !== '';
  const { terms } = answers.facts ?? {};
  return {
    source: toSource(answers),
    ...(terms === undefined ? {} : { terms }),
    ...(bound ? { eab: { kid: keyId, hmacKey } } : {}),
  };
}

function typeNames({ domain }: QuestionOptions): Step<Answers> {
  return {
    ask: async (answers, frame) => {
      const { directory = '', names } = answers;
      const proposed = explainInvalidNameList(domain, directory) === undefined ? domain : '';
      const text = await typeInStep(frame, {
        prompt:
          'The names of the certificate, separated by commas: hosts, wildcards, IP addresses.',
        placeholder: 'chroma.example.com, *.chroma.example.com',
        value: names?.join(', ') ?? proposed,
        check: (typed) => explainInvalidNameList(typed, directory),
      });
      return { ...answers, names: readNameList(text) };
    },
  };
}

function chooseProof({ proofs = ALL_PROOFS }: QuestionOptions): Step<Answers> {
  return {
    isOpen: ({ directory = '' }) => !isAwsEndpoint(directory),
    ask: async (answers, frame) => {
      const choices = fittingProofs(answers.names ?? [], proofs);
      const { id } = await pickInStep(
        frame,
        `How do you prove that ${listShort(answers.names ?? [])} is yours?`,
        choices,
        choices.find((choice) => choice.id === answers.proof),
      );
      return { ...answers, proof: id, ...(id === answers.proof ? {} : { port: defaultPort(id) }) };
    },
  };
}

function defaultPort(proof: ProofChoice['id']): number {
  return proof === 'tls-alpn' ? 443 : 80;
}

function listShort([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

const typePort: Step<Answers> = {
  isOpen: ({ directory = '', proof }) =>
    !isAwsEndpoint(directory) && (proof === 'listener' || proof === 'tls-alpn'),
  ask: async (answers, frame) => {
    const { proof = 'listener', port = defaultPort(proof) } = answers;
    const text = await typeInStep(frame, {
      prompt: `The port to listen on here. Port ${defaultPort(proof)} of the name has to lead to it.`,
      value: String(port),
      check: explainInvalidPort,
    });
    return { ...answers, port: Number(text) };
  },
};

const chooseWebroot: Step<Answers> = {
  isOpen: ({ proof }) => proof === 'webroot',
  ask: async (answers) => ({
    ...answers,
    webroot: await chooseInStep('Folder of Your Web Server', { canSelectFolders: true }),
  }),
};

/** By the user's own hand only: a program that a workspace names is not run. */
const chooseHook: Step<Answers> = {
  isOpen: ({ proof }) => proof === 'dns-hook',
  ask: async (answers) => ({
    ...answers,
    hook: await chooseInStep('Program That Sets the DNS Record', {}),
  }),
};

/** With one profile there is nothing to choose. */
const chooseProfile: Step<Answers> = {
  isOpen: ({ facts }) => Object.keys(facts?.profiles ?? {}).length > 1,
  ask: async (answers, frame) => {
    const profiles = Object.entries(answers.facts?.profiles ?? {}).map(([label, detail]) => ({
      label,
      detail,
      icon: 'law',
    }));
    const items = [
      { label: 'The authority’s own choice', detail: 'Right for most.', icon: 'organization' },
      ...profiles,
    ];
    const [automatic] = items;
    const picked = await pickInStep(
      frame,
      'Which profile? It says how long the certificate is valid, and what is in it.',
      items,
      items.find(({ label }) => label === answers.profile) ?? proposeProfile(answers, profiles),
    );
    return { ...answers, profile: picked === automatic ? '' : picked.label };
  },
};

/** Let’s Encrypt signs addresses with `shortlived` only. */
function proposeProfile<Item extends PlainItem>(
  { names = [] }: Answers,
  profiles: readonly Item[],
): Item | undefined {
  const hasAddress = names.some((name) => /^[\d.]+$|:/.test(name));
  return hasAddress ? profiles.find(({ label }) => label === 'shortlived') : undefined;
}

const typeEmail: Step<Answers> = {
  ask: async (answers, frame) => ({
    ...answers,
    email: await typeInStep(frame, {
      prompt: 'An e-mail address for the authority, if you want to give one.',
      placeholder: 'you@example.com',
      value: answers.email,
      check: (text) =>
        text === '' || /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/.test(text)
          ? undefined
          : 'It is not an e-mail address.',
    }),
  }),
};

function needsBinding({ directory = '', facts }: Answers): boolean {
  return (
    facts?.needsBinding === true ||
    findKnownDirectory(directory)?.needsBinding === true ||
    isAwsEndpoint(directory)
  );
}

const typeKeyId: Step<Answers> = {
  isOpen: needsBinding,
  ask: async (answers, frame) => {
    const page = findKnownDirectory(answers.directory ?? '')?.bindingPage;
    return {
      ...answers,
      keyId: await typeInStep(frame, {
        prompt: [
          'The id of the key that binds the account (EAB kid). Empty if this machine has an account there.',
          ...(page === undefined ? [] : [`You get it at ${page}.`]),
        ].join(' '),
        value: answers.keyId,
      }),
    };
  },
};

const typeHmacKey: Step<Answers> = {
  isOpen: (answers) => needsBinding(answers) && answers.keyId !== undefined && answers.keyId !== '',
  ask: async (answers, frame) => ({
    ...answers,
    hmacKey: await typeInStep(frame, {
      prompt: 'The key itself (EAB HMAC key). It is used once and not kept.',
      value: answers.hmacKey,
      password: true,
      check: (text) =>
        /^[\w+/-]+=*$/.test(text) ? undefined : 'It is Base64: letters, digits, - and _.',
    }),
  }),
};
