import { expect, test } from 'vitest';
import { readMail } from '../../../lab/services/mime.ts';

const mail = (...lines: string[]) => lines.join('\r\n');

test('folded headers and encoded words are read', () => {
  const raw = mail('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_an?=', ' =?UTF-8?B?YWxsZQ==?=', 'To: a@b', '', 'text');
  expect(readMail(raw)).toMatchObject({ subject: 'Grüße analle', text: 'text', headers: { to: 'a@b' } });
});

test('quoted-printable and base64 parts are decoded, attachments left out', () => {
  const raw = mail(
    'Content-Type: multipart/mixed; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'https://x.test/a?b=3D=',
    'c =C3=BC',
    '--b1',
    'Content-Type: text/html',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<b>ö</b>').toString('base64'),
    '--b1',
    'Content-Type: image/png',
    'Content-Transfer-Encoding: base64',
    '',
    'AAAA',
    '--b1--',
  );
  const { text } = readMail(raw);
  expect(text).toContain('https://x.test/a?b=c ü');
  expect(text).toContain('<b>ö</b>');
  expect(text).not.toContain('AAAA');
});

test('a mail without a body is no reason to fail', () => {
  expect(readMail('Subject: x')).toMatchObject({ subject: 'x', text: '' });
});
