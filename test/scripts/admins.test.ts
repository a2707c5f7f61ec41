import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { addAdmin, adminsOf, describeKey, readKeys, removeAdmin } from '../../scripts/lib/admins.ts';
import { makeSshKeyPair } from '../../scripts/lib/openssh.ts';
import { textOf } from '../../scripts/lib/stack-file.ts';

const file = 'Pulumi.prod.yaml';
const [ana, bo, cy] = ['ana@laptop', 'bo@desk', 'cy@train'].map((comment) => makeSshKeyPair(comment)) as [
  ReturnType<typeof makeSshKeyPair>,
  ReturnType<typeof makeSshKeyPair>,
  ReturnType<typeof makeSshKeyPair>,
];
const text = `# production
config:
  instance:domain: social.coop
  # Who may log in; see docs.
  instance:admins:
    # since 2019
    ana:
      - ${ana.publicKey}
  instance:federation: 'open' # never off
`;
const edited = (edit: (document: ReturnType<typeof parseDocument>) => void) => {
  const document = parseDocument(text);
  edit(document);
  return textOf(document, text);
};

describe('addAdmin', () => {
  it('adds a person and leaves every other line and comment as it was', () => {
    const next = edited((document) => addAdmin(document, file, 'bo', [bo.publicKey]));
    expect(next.replace(`    bo:\n      - ${bo.publicKey}\n`, '')).toBe(text);
  });

  it('begins the list of a stack that has none', () => {
    const document = parseDocument('config:\n  instance:domain: x.example\n');
    addAdmin(document, file, 'bo', [bo.publicKey]);
    expect(adminsOf(document)).toEqual({ bo: [bo.publicKey] });
  });

  it('adds a further key only when told to', () => {
    expect(() => edited((document) => addAdmin(document, file, 'ana', [cy.publicKey]))).toThrow(/--another/);
    const document = parseDocument(text);
    addAdmin(document, file, 'ana', [cy.publicKey], { another: true });
    expect(adminsOf(document)).toEqual({ ana: [ana.publicKey, cy.publicKey] });
  });

  it.each([
    ['the key they have, under another comment', 'ana', `${ana.publicKey}-2`, /has this key already/],
    ["somebody else's key", 'bo', ana.publicKey, /this key is ana's/],
    ['a system user', 'www-data', bo.publicKey, /not the name of a system user/],
    ['a name that is none', 'Bo Bo', bo.publicKey, /lower-case letters/],
  ])('refuses %s', (_, name, key, message) => {
    expect(() => edited((document) => addAdmin(document, file, name, [key]))).toThrow(message);
  });
});

describe('removeAdmin', () => {
  it('takes a person out and nothing else', () => {
    const document = parseDocument(text);
    addAdmin(document, file, 'bo', [bo.publicKey]);
    removeAdmin(document, file, 'bo');
    expect(textOf(document, '')).toBe(text);
  });

  it('refuses the last one, and whoever is not there', () => {
    expect(() => edited((document) => removeAdmin(document, file, 'ana'))).toThrow(/last admin/);
    expect(() => edited((document) => removeAdmin(document, file, 'bo'))).toThrow(/no admin bo .* names ana/);
  });
});

describe('readKeys', () => {
  it('reads several, without comments and empty lines, each once', () => {
    const both = `# mine\n${ana.publicKey}\n\n${bo.publicKey}\r\n${ana.publicKey}\n`;
    expect(readKeys(both, 'stdin')).toEqual([ana.publicKey, bo.publicKey]);
  });

  it.each([
    ['a private key', ana.privateKey, /private key/],
    ['nothing', '\n', /not an SSH public key — stdin/],
    ['options before a key', `command="x" ${ana.publicKey}`, /not an SSH public key/],
    ['a cut key', ana.publicKey.slice(0, 30), /not an SSH public key/],
    ['one wrong among several', `${ana.publicKey}\nssh-dss AAAA x`, /stdin, key 2/],
  ])('refuses %s', (_, given, message) => {
    expect(() => readKeys(given, 'stdin')).toThrow(message);
  });
});

it('describeKey names a key as ssh-keygen does', () => {
  // ssh-keygen -lf of this line.
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github';
  expect(describeKey(line)).toEqual({
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    comment: 'github',
  });
});
