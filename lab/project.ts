import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parse, parseDocument } from 'yaml';
import { LabError } from './error.ts';
import { checkout, paths } from './paths.ts';
import { gateway, services } from './services/addresses.ts';
import type { LabImages } from './services/images.ts';
import type { AppVersion } from './services/official-images.ts';
import type { Tokens } from './services/tokens.ts';

/** What of the world outside is the lab's: ordinary config keys, with the real services as defaults. */
export interface LabValues {
  trust: string;
  images: LabImages;
  tokens: Tokens;
}

const projectName = 'instance';
const key = (name: string) => ['config', `${projectName}:${name}`];

/** A shipped stack file of the checkout. */
export function shippedStack(stack: string, from = checkout): Record<string, unknown> {
  const file = join(from, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new LabError(
      `no stack ${stack} — ${file} — name one that ships, or write its file first (coop init ${stack})`,
    );
  return (parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>;
}

/** What a stack runs. A file of the lab's own counts first: an upgrade is tried there. */
export function appOf(stack: string, from = checkout): AppVersion {
  const shipped = shippedStack(stack, from);
  const file = join(paths.project, `Pulumi.${stack}.yaml`);
  const own = existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
  const config: Record<string, unknown> = { ...(shipped.config ?? {}), ...(own?.config ?? {}) };
  return {
    app: String(config[`${projectName}:app`] ?? 'mastodon'),
    version: String(config[`${projectName}:appVersion`] ?? '4.5.20'),
  };
}

/** The stack a stack is a copy of, and takes app, images and mail from; undefined for one of its own. */
export function sourceOf(stack: string, from = checkout): string | undefined {
  const config = (shippedStack(stack, from).config ?? {}) as Record<string, { from?: string }>;
  return config[`${projectName}:restore`]?.from;
}

/** The DNS zone a stack's names lie in; undefined when it has none. */
export function zoneOf(stack: string, from = checkout): string | undefined {
  if (sourceOf(stack, from) !== undefined) return undefined;
  const config = (shippedStack(stack, from).config ?? {}) as Record<
    string,
    { provider?: string; zone?: string }
  >;
  const dns = config[`${projectName}:dns`];
  return dns?.provider === 'none' ? undefined : (dns?.zone ?? 'social.coop');
}

/** Writes the lab's project: the shipped program, its config schema, and nothing of its own. */
export function writeProject(from = checkout): void {
  mkdirSync(paths.project, { recursive: true });
  const shipped = parseDocument(readFileSync(join(from, 'Pulumi.yaml'), 'utf8'));
  shipped.set('main', 'index.ts');
  shipped.commentBefore = ' Made by `coop lab up` from the Pulumi.yaml that ships.';
  const inProject = (name: string) => join(paths.project, name);
  writeFileSync(inProject('Pulumi.yaml'), shipped.toString({ lineWidth: 0 }));
  writeFileSync(inProject('index.ts'), `export * from '${join(from, 'index.ts')}';\n`);
  writeFileSync(inProject('package.json'), '{ "type": "module", "main": "index.ts" }\n');
  rmSync(inProject('node_modules'), { force: true });
  symlinkSync(join(from, 'node_modules'), inProject('node_modules'));
}

/**
 * Writes a stack's file into the lab's project: what ships, with the lab's values over it. A file that is there keeps
 * everything else in it: secrets, and what somebody set by hand.
 */
export function writeStack(stack: string, values: LabValues, from = checkout): string {
  return write(stack, from, (document, isNew) => {
    if (isNew && !document.hasIn(key('contact'))) document.setIn(key('contact'), 'operators@lab.test');
    setLabValues(document, values, zoneOf(stack, from));
  });
}

/** The same for a copy, which is what its source is: of that stack, or where the lab has none, of the first it has. */
export function writeCopy(stack: string, there: readonly string[], from = checkout): string {
  return write(stack, from, (document, isNew) => {
    const source = String(document.getIn([...key('restore'), 'from']));
    if (isNew && !there.includes(source) && there[0]) document.setIn([...key('restore'), 'from'], there[0]);
  });
}

function write(stack: string, from: string, change: (document: Document, isNew: boolean) => void): string {
  const file = join(paths.project, `Pulumi.${stack}.yaml`);
  const isNew = !existsSync(file);
  const source = isNew ? join(from, `Pulumi.${stack}.yaml`) : file;
  shippedStack(stack, from);
  const document = parseDocument(readFileSync(source, 'utf8'));
  if (isNew) {
    // Real secrets, encrypted for other people's passphrase, are of no use here and none of the lab's business.
    for (const name of ['encryptionsalt', 'encryptedkey', 'secretsprovider']) document.delete(name);
    document.deleteIn(key('secrets'));
    for (const name of ['hostPublicKey', 'secondaryHostPublicKey', 'deployPublicKey'])
      document.deleteIn(key(name));
    // A trial that is over can still be tried out here.
    const expires = document.getIn(key('expires'));
    const today = new Date().toISOString().slice(0, 10);
    if (typeof expires === 'string' && expires < today) document.setIn(key('expires'), today);
    document.setIn(key('sshFrom'), [`${gateway.v4}/32`, `${gateway.v6}/128`]);
  }
  change(document, isNew);
  const text = document.toString({ lineWidth: 0 });
  if (isNew || text !== readFileSync(file, 'utf8')) writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function setLabValues(
  document: Document,
  { trust, images, tokens }: LabValues,
  zone: string | undefined,
): void {
  const set = (name: string, ...rest: [...string[], unknown]) => {
    const value = rest.pop();
    document.setIn([...key(name), ...(rest as string[])], value);
  };
  const section = (name: string) => {
    if (!document.hasIn(key(name))) document.setIn(key(name), document.createNode({}));
  };
  set('acmeDirectory', `https://${services.acme.host}/dir`);
  set('caCertificates', trust);
  set('images', document.createNode(images));
  section('mail');
  set('mail', 'host', services.mail.host);
  set('mail', 'port', 587);
  document.deleteIn([...key('mail'), 'user']);
  if (!document.hasIn([...key('mail'), 'from']))
    set('mail', 'from', `notifications@${document.getIn(key('domain')) ?? services.mail.host}`);
  if (!zone) return;
  section('dns');
  set('dns', 'zone', zone);
  set('dns', 'zoneId', tokens.zones[zone]);
  // The others are guests in the zone.
  if (document.getIn(key('domain')) === zone) set('dns', 'mail', document.createNode(mailRecords()));
}

/** What the lab's mail relay would have on its account page. */
function mailRecords() {
  const { host } = services.mail;
  return {
    mx: [{ host, priority: 10 }],
    spf: `v=spf1 a:${host} -all`,
    dkim: { lab: `v=DKIM1; k=rsa; p=${'A'.repeat(392)}` },
    dmarc: 'v=DMARC1; p=quarantine',
  };
}
