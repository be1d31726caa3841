import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'mocha';
import ts from 'typescript';

const SRC = join(process.cwd(), 'src');

/** The parts of a problem. `inTerminal` is what the CLI says instead of `next`. */
const PARTS = ['what', 'why', 'next', 'inTerminal'];
/** Characters; what a template fills in counts as eight. */
const LONGEST = 120;
const FILLED_IN = 'xxxxxxxx';
/** Wordings that make a reader stop. */
const BANNED = [
  /(?<!there) is no [a-z]/i,
  / anew\b/,
  /comes? to be/,
  /whoever/i,
  /what it is to be/,
  /did not foresee/,
  /makes no sense/,
  /all the same/,
  / stands? on (?!its)/,
  /a user there/,
];

interface Text {
  readonly place: string;
  readonly part: string;
  readonly text: string;
}

/** Every text of a problem's part in our sources, with its place. */
function listTexts(): readonly Text[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => readTexts(join(SRC, name)));
}

function readTexts(path: string): readonly Text[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && PARTS.includes(node.name.getText(source))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const place = `${relative(SRC, path)}:${line}`;
      const part = node.name.getText(source);
      found.push(...literalsOf(node.initializer).map((text) => ({ place, part, text })));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The texts an expression may become; what a template fills in is written as one word. */
function literalsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ literal }) => `${FILLED_IN}${literal.text}`);
    return [`${node.head.text}${spans.join('')}`];
  }
  if (ts.isConditionalExpression(node)) {
    return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  }
  if (ts.isParenthesizedExpression(node)) return literalsOf(node.expression);
  if (!ts.isBinaryExpression(node)) return [];
  const left = literalsOf(node.left);
  const right = literalsOf(node.right);
  return node.operatorToken.kind === ts.SyntaxKind.PlusToken
    ? [[...left, ...right].join('')]
    : [...left, ...right];
}

describe('what a problem says', () => {
  const texts = listTexts();
  const check = (isWrong: (text: Text) => boolean): void => {
    const wrong = texts.filter(isWrong).map(({ place, part, text }) => `${place} ${part}: ${text}`);
    assert.deepEqual(wrong, []);
  };

  it('is found', () => {
    assert.ok(texts.length > 400, `${texts.length} texts`);
  });

  it('is one sentence in each part', () => {
    check(({ text }) => /[.!?]['"’”)]?\s+\S/.test(text));
  });

  it(`is short: at most ${LONGEST} characters in each part`, () => {
    // A terminal says the commands too.
    check(({ part, text }) => part !== 'inTerminal' && text.length > LONGEST);
  });

  it('is plain', () => {
    check(({ text }) => BANNED.some((banned) => banned.test(text)));
  });

  it('names an option of ours only where a terminal says it', () => {
    // In quotes it is a line of another program.
    check(
      ({ part, text }) =>
        part !== 'inTerminal' && /(?<![\w-])--[a-z]/.test(text.replaceAll(/"[^"]*"/g, '')),
    );
  });
});
