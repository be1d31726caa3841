import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { before, describe, it } from 'mocha';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { requirePart, waitForParts } from '../../parts.ts';
import { assertDocument } from '../fixtures/generated-document.ts';
import { CONTROLS } from './verification/controls.ts';
import { hear, type Answers } from './verification/hearing.ts';
import { PEERS } from './verification/peers.ts';
import { writeReport } from './verification/report.ts';
import { SUBJECTS } from './verification/subjects.ts';
import {
  EXCEPTIONS,
  exceptionsOf,
  findException,
  REASONS,
  VERIFIERS,
  type Verifier,
} from './verification/verdicts.ts';

describe('verifiers', function () {
  this.timeout(480_000);
  let heard: ReadonlyMap<Verifier, Answers | Error>;

  before(async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image openquantumsafe/openssl3');
    requirePart(this, 'mkcert');
    // Before anything is served: what is compiled now would keep the servers from answering.
    waitForParts(
      this,
      VERIFIERS.map((verifier) => `verifier ${verifier}` as const),
    );
    const controls = CONTROLS.map((control) => ({ ...control, asked: [control.name] }));
    heard = await hear([...SUBJECTS, ...PEERS, ...controls]);
  });

  for (const verifier of VERIFIERS) {
    describe(verifier, () => {
      let answers: Answers;

      before(function () {
        requirePart(this, `verifier ${verifier}`);
        const found = heard.get(verifier);
        if (found instanceof Error) throw found;
        assert.ok(found);
        answers = found;
      });

      for (const [whose, subjects] of [
        ['Chroma TLS makes', SUBJECTS],
        ['others make', PEERS],
      ] as const) {
        const accepted = subjects.filter(({ title }) => !findException(verifier, title));
        it(`accepts ${accepted.length} of ${subjects.length} pairs that ${whose}`, () => {
          for (const { title } of accepted) assertAnswers(answers, title, /^OK$/);
        });
      }

      for (const { title, fault } of CONTROLS) {
        if (findException(verifier, title)) continue;
        it(`refuses: ${title}`, () => {
          assertAnswers(answers, title, REASONS[verifier][fault]);
        });
      }

      for (const { titles, answer, onlyAddresses } of exceptionsOf(verifier)) {
        it(`judges otherwise: ${titles.join('; ')}`, () => {
          for (const title of titles) {
            assertAnswers(answers, title, (name) =>
              onlyAddresses && isIP(name) === 0 ? /^OK$/ : answer,
            );
          }
        });
      }
    });
  }

  it('knows no exception from what is not tried', () => {
    const titles = new Set([...SUBJECTS, ...PEERS, ...CONTROLS].map(({ title }) => title));
    for (const each of EXCEPTIONS) for (const title of each.titles) assert.ok(titles.has(title));
  });

  it('docs/verifiers.md says the same', async function () {
    const complete = new Map<Verifier, Answers>();
    for (const verifier of VERIFIERS) {
      const answers = heard.get(verifier);
      if (!answers || answers instanceof Error) skipBecause(this, `${verifier} was not heard`);
      complete.set(verifier, answers);
    }
    const candidates = { subjects: SUBJECTS, peers: PEERS, controls: CONTROLS };
    await assertDocument('docs/verifiers.md', writeReport(candidates, complete));
  });
});

function assertAnswers(
  answers: Answers,
  title: string,
  expected: RegExp | ((name: string) => RegExp),
): void {
  const given = answers.get(title);
  assert.ok(given && given.size > 0, `It was never asked about ${title}.`);
  for (const [name, answer] of given) {
    const pattern = expected instanceof RegExp ? expected : expected(name);
    assert.match(answer, pattern, `${title}, asked for ${name}`);
  }
}
