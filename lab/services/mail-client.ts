import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from '../paths.ts';
import type { StoredMail } from './mail.ts';
import { readMail } from './mime.ts';

export interface Mail extends StoredMail {
  subject: string;
  headers: Record<string, string>;
  /** All text parts, decoded. */
  text: string;
}

const lines = (name: string) =>
  existsSync(join(paths.mail, name))
    ? readFileSync(join(paths.mail, name), 'utf8').split('\n').filter(Boolean)
    : [];

/** Every mail that reached the lab's sink. */
export function mails(): Mail[] {
  return lines('messages.jsonl').map((line) => {
    const mail = JSON.parse(line) as StoredMail;
    return { ...mail, ...readMail(mail.raw) };
  });
}

/** TCP connections to the sink, also those that brought no mail. */
export const mailConnections = (): number => lines('connections').length;

export function resetMails(): void {
  for (const name of ['messages.jsonl', 'connections']) rmSync(join(paths.mail, name), { force: true });
}

/** Waits for a mail to this address that a test accepts. */
export async function awaitMail(
  to: string,
  accept: (mail: Mail) => boolean = () => true,
  timeoutMs = 30_000,
): Promise<Mail> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const found = mails().find(
      (mail) => mail.to.some((each) => each.toLowerCase() === to.toLowerCase()) && accept(mail),
    );
    if (found) return found;
    if (Date.now() > until)
      throw new Error(
        `no mail to ${to} within ${timeoutMs / 1000} s — ${paths.mail} — does the instance's mail queue run?`,
      );
    await sleep(100);
  }
}

const confirmation = /https?:\/\/[^\s"'<>]*confirmation[^\s"'<>]*/;

/** The link by which a new member confirms the address, from the mail that the instance sent. */
export async function confirmationLink(email: string, timeoutMs = 30_000): Promise<string> {
  const mail = await awaitMail(email, ({ text }) => confirmation.test(text), timeoutMs);
  return (mail.text.match(confirmation) as RegExpMatchArray)[0].replaceAll('&amp;', '&');
}
