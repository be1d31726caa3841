import type { Locator, Page } from 'playwright-core';
import { comes } from '../workbench.ts';

const NAME = 'chroma-tls.chroma-tls#firstServer';

/** The walkthrough's page, as a user sees it. */
export class Walkthrough {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async opened(): Promise<void> {
    await this.#step('certificate').waitFor();
  }

  /** Whether it is on the screen within two seconds, where it should not be. */
  async opensSoon(): Promise<boolean> {
    return comes(this.#step('certificate'), 'visible');
  }

  /** Opens a step, which shows its text and its picture. */
  async select(step: string): Promise<void> {
    await this.#step(step).click();
  }

  /** Clicks the button of the step that is open. */
  async press(button: string): Promise<void> {
    await this.#steps.getByRole('button', { name: button, exact: true }).click();
  }

  /** The steps that are checked off. */
  async doneSteps(): Promise<readonly string[]> {
    const done = '.gettingStartedContainer .step-list-container .codicon.complete';
    const ids = await this.#page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('${done}')].map((icon) => icon.dataset.doneStepId ?? '')`,
    );
    return ids.map((id) => id.slice(NAME.length + 1));
  }

  /** Until exactly these steps are checked off. */
  async waitForDone(steps: readonly string[]): Promise<void> {
    for (const step of steps) {
      await this.#steps.locator(`.codicon.complete[data-done-step-id="${NAME}#${step}"]`).waitFor();
    }
  }

  get #steps(): Locator {
    return this.#page.locator('.gettingStartedContainer .step-list-container');
  }

  #step(step: string): Locator {
    return this.#steps.locator(`[data-step-id="${NAME}#${step}"]`);
  }
}
