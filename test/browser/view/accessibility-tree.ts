import type { CDPSession, Page } from 'playwright-core';
import { until } from '../../harness/until.ts';

/** What a screen reader is told of one element. */
export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  /** Of a heading, or of a line of a tree. */
  readonly level: number | undefined;
}

/** A value of Chromium's accessibility tree. */
interface RawValue {
  readonly value?: unknown;
}
interface RawNode {
  readonly ignored: boolean;
  readonly role?: RawValue;
  readonly name?: RawValue;
  readonly properties?: readonly { readonly name: string; readonly value: RawValue }[];
}

/**
 * The browser's own accessibility tree of an element and all in it, in the order of the page. What a
 * screen reader passes over is not in it.
 *
 * @param expression of the element, in the page
 */
export async function readAccessibilityTree(
  page: Page,
  expression: string,
): Promise<readonly AccessibleNode[]> {
  const session = await page.context().newCDPSession(page);
  try {
    return await query(session, expression);
  } finally {
    await session.detach();
  }
}

async function query(session: CDPSession, expression: string): Promise<readonly AccessibleNode[]> {
  await session.send('Accessibility.enable');
  const { result } = await session.send('Runtime.evaluate', { expression });
  const { objectId } = result;
  if (objectId === undefined) throw new Error(`Not on the page: ${expression}`);
  // The browser makes the tree when it is first asked for, and then has nothing yet.
  const nodes = await until(
    `something to read out in ${expression}`,
    () => collect(session, objectId),
    (found) => found.length > 0,
  );
  return nodes.filter(({ ignored }) => !ignored).map(asNode);
}

/** Of an element that is not in the tree itself, what its children have. */
async function collect(session: CDPSession, objectId: string): Promise<readonly RawNode[]> {
  const { nodes } = await session.send('Accessibility.queryAXTree', { objectId });
  if (nodes.length > 0) return nodes;
  const { result: list } = await session.send('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration: 'function () { return [...this.children]; }',
  });
  const { result } = await session.send('Runtime.getProperties', {
    objectId: list.objectId ?? '',
    ownProperties: true,
  });
  const found: RawNode[] = [];
  for (const { value } of result) {
    if (value?.subtype === 'node' && value.objectId !== undefined) {
      found.push(...(await collect(session, value.objectId)));
    }
  }
  return found;
}

function asNode({ role, name, properties = [] }: RawNode): AccessibleNode {
  const level = properties.find((property) => property.name === 'level')?.value.value;
  return {
    role: textOf(role),
    name: textOf(name),
    level: typeof level === 'number' ? level : undefined,
  };
}

function textOf(raw: RawValue | undefined): string {
  return typeof raw?.value === 'string' ? raw.value.trim() : '';
}

/** The names of all that have this role. */
export function namesOf(nodes: readonly AccessibleNode[], role: string): readonly string[] {
  return nodes.filter((node) => node.role === role).map(({ name }) => name);
}

/** The headings that leave out a level on the way down, or are above the first. */
export function skippedHeadings(
  nodes: readonly AccessibleNode[],
  first: number,
): readonly AccessibleNode[] {
  let last = first - 1;
  return nodes
    .filter(({ role }) => role === 'heading')
    .filter(({ level = 0 }) => {
      const isSkipped = level < first || level > last + 1;
      last = level;
      return isSkipped;
    });
}
