import './scratch.ts';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { paths } from '../../../lab/paths.ts';
import { ensureCa, ensureLeaf } from '../../../lab/services/ca.ts';
import { createMailSink } from '../../../lab/services/mail.ts';
import { awaitMail, confirmationLink, mails, resetMails } from '../../../lab/services/mail-client.ts';

let sink: ReturnType<typeof createMailSink>;
let port: number;
const connections: string[] = [];

beforeAll(async () => {
  await ensureCa();
  const leaf = await ensureLeaf('mail', ['mail.lab.test']);
  const tls = { cert: Buffer.from(leaf.pem), key: readFileSync(leaf.key) };
  sink = createMailSink({ dir: paths.mail, port: 587, ...tls }, (what) => connections.push(what));
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', () => resolve()));
  port = (sink.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => sink.close(() => resolve())));
beforeEach(resetMails);

const sender = (more = {}) =>
  createTransport({
    host: '127.0.0.1',
    port,
    requireTLS: true,
    tls: { ca: readFileSync(paths.caCert), servername: 'mail.lab.test' },
    ...more,
  });
const message = {
  from: 'notifications@social.coop',
  to: 'member@lab.test',
  subject: 'Grüße',
  text: 'Schön, dass du da bist',
};

test('a mail is kept whole, and comes over TLS with the lab’s certificate', async () => {
  await sender().sendMail(message);
  expect(mails()).toMatchObject([
    { from: message.from, to: ['member@lab.test'], subject: 'Grüße', secure: true, source: '127.0.0.1' },
  ]);
  expect(mails()[0]?.text.trim()).toBe(message.text);
});

test('any login is taken, and the password is not kept', async () => {
  await sender({ auth: { user: 'relay', pass: 'a password that must not be kept' } }).sendMail(message);
  expect(mails()[0]?.user).toBe('relay');
  expect(readFileSync(`${paths.mail}/messages.jsonl`, 'utf8')).not.toContain('must not be kept');
});

test('a connection without a mail counts as well', async () => {
  connections.length = 0;
  await sender().verify();
  expect(connections).toEqual(['connection']);
  expect(mails()).toEqual([]);
});

test('the confirmation link is found in a mail of text and HTML, for this member only', async () => {
  const link = 'https://staging.social.coop/auth/confirmation?confirmation_token=a-long_token&x=1';
  const html = `<p>${'Willkommen! '.repeat(20)}<a href="${link.replace('&', '&amp;')}">confirm</a></p>`;
  await sender().sendMail({
    ...message,
    to: 'other@lab.test',
    text: 'https://elsewhere/auth/confirmation?t=1',
  });
  await sender().sendMail({ ...message, text: undefined, html });
  expect(await confirmationLink('Member@lab.test')).toBe(link);
});

test('a mail that does not come is said to be missing', async () => {
  await expect(awaitMail('nobody@lab.test', () => true, 200)).rejects.toThrow(
    'no mail to nobody@lab.test within 0.2 s',
  );
});
