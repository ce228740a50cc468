import type { Page } from 'playwright-core';

const boundMs = 45_000;

/** Fills in the form that a stranger is shown, and waits for the chat. */
export async function signInByForm(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('#chat-input').waitFor();
}

/** Opens the list of models and takes the one with this name. */
export async function chooseModel(page: Page, name: string): Promise<void> {
  await page.locator('#model-selector-model-button').click();
  await page.locator(`[role=option][data-value="${name}"]`).click();
  await page.getByLabel(`Selected model: ${name}`).first().waitFor();
}

export async function send(page: Page, text: string): Promise<void> {
  await page.locator('#chat-input').click();
  await page.keyboard.insertText(text);
  await page.locator('#send-message-button').click();
}

/** Puts another text in place of the last question, and sends it. */
export async function editQuestion(page: Page, text: string): Promise<void> {
  const question = page.locator('.user-message').last();
  await question.hover();
  await question.locator('.edit-user-message-button').click();
  await page.locator('textarea[id^="message-edit-"]').fill(text);
  await page.locator('#confirm-edit-message-button').click();
}

export const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop', exact: true });

/** The answers on the page, oldest first. */
export const answers = (page: Page) => page.locator('.chat-assistant');

/** Waits until the last answer on the page is this text and no more is to come. */
export async function untilAnswered(page: Page, text: string): Promise<void> {
  await answers(page).last().getByText(text, { exact: true }).waitFor({ timeout: boundMs });
  await stopButton(page).waitFor({ state: 'detached', timeout: boundMs });
}

/** Runs in the page, which has other types than the suites. */
const watching = `
  const seen = (globalThis.seenAnswers = []);
  const look = () => {
    const text = [...document.querySelectorAll('.chat-assistant')].at(-1)?.textContent?.trim() ?? '';
    if (text !== seen.at(-1)) seen.push(text);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
`;

/** Notes every text that an answer of the page has from now on: what somebody who looks at it sees. */
export async function watchAnswers(page: Page): Promise<void> {
  await page.evaluate(watching);
}

/** What `watchAnswers` noted, in order, without the moments before the first word. */
export async function seenAnswers(page: Page): Promise<readonly string[]> {
  const seen = await page.evaluate<string[]>('globalThis.seenAnswers');
  return seen.filter((text) => /^w1\b/.test(text));
}
