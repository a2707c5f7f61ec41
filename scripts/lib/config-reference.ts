import { apps, parseVersion } from '../../components/apps/index.ts';
import { describeKeys, type KeyFacts } from '../../components/config/describe.ts';
import { sourceOf } from '../../components/config/sources.ts';
import { keys } from '../../components/config.ts';

const INTRODUCTION = `# The stack file, key by key

Made from the schema (components/config/) by \`node_modules/.bin/node scripts/reference.ts\`; a test keeps it current.

A stack is a file \`Pulumi.STACK.yaml\`. Every key below stands there as \`instance:KEY\`; \`pulumi config\` shows them with
their defaults, and \`pulumi config set --path primary.size cpx32 --stack STACK\` sets one. \`*\` stands for a name that you
choose. Whatever is wrong is listed at once by \`pulumi preview\`, with the key, the value, the reason and what to do, before
anything changes. An edit takes effect at the next \`pulumi up\`; none of them replaces a machine, an address or a bucket.

*Required* means: wherever the section it is in is there. Sizes and times are whole numbers; the unit is in the name of the key (\`uploadMb\`, \`logDays\`) or is its name (\`hours\`).

**Secrets** are set one by one, encrypted by Pulumi, and are read from standard input when no value is given:
\`openssl rand -hex 24 | pulumi config set --secret --path secrets.databaseClients.metrics --stack STACK\`. In plain text they are
refused.
`;

const NOTES: Record<string, string> = {
  images: `\`postgres: build\` (the default) needs no registry: the machine builds the image from \`images/postgres\` with the packages of
that day, and again when a file in there changes. To take newer packages: \`sudo docker image rm --force\` with the name that
\`sudo docker ps\` shows beside \`instance-db-1\`, and \`sudo instance apply\`; the database restarts for some seconds. \`coop images
STACK --registry …\` builds it on your computer instead and pins its digest.`,
  registrations: `In Mastodon this is a setting in the database, which admins also change in the web interface. So it is set only when the
value here changes (with \`tootctl settings registrations\`); a choice made in the web interface stays through every later
\`pulumi up\`. Without the key nothing is ever set. A machine that is new, or restored, takes the value once.`,
  processes: `The names are those of the app's processes: ${processNames()}.
Checked: every queue is worked, the scheduler runs once, all connections fit \`database.maxConnections\`, all memory fits the
machine.`,
  databaseClients: `For a program on the machine itself: it connects to \`127.0.0.1:PORT\`, database \`mastodon_production\`, with its role and
password. Nothing else reaches the port: not the network, not a container. Roles and rights follow the list at every
\`pulumi up\` and after every migration; whoever is taken out loses session, role and port. Name the tables: \`read: ['*']\` shows
password hashes and access tokens too.`,
  search: 'How it is turned on, and what of it is not tested: [search](../search.md).',
  uploadMb: `What nginx and everything behind it let through. Mastodon itself takes pictures up to 16 MB and videos up to 99 MB; a larger
value here does not change that.`,
  retention: `What is removed is what other servers can give again, or nobody here has to do with. Each is a timer of its own on the
machine (\`tootctl-…\`), which says in its log what it removed. Mastodon's own web interface (Administration, Server settings, Content
retention) does similar work and is independent of these.`,
  environment: `Refused: a name that this version of the app does not read, one that follows from another key, and a secret (those go to
\`secrets.environment.NAME\`). Often wanted:

| name | what for |
| --- | --- |
| \`AUTHORIZED_FETCH\` | \`true\`: other servers must sign what they fetch |
| \`LIMITED_FEDERATION_MODE\` | \`true\`: only servers that were approved; read its warning first |
| \`DISALLOW_UNAUTHENTICATED_API_ACCESS\` | \`true\`: nothing without logging in |
| \`DEFAULT_LOCALE\` | language for visitors, such as \`de\` |
| \`MAX_SESSION_ACTIVATIONS\`, \`USER_ACTIVE_DAYS\` | sessions of a member, days a home feed is kept |
| \`MAX_FOLLOWS_THRESHOLD\`, \`MAX_FOLLOWS_RATIO\` | how many a member may follow |
| \`IP_RETENTION_PERIOD\`, \`SESSION_RETENTION_PERIOD\` | seconds addresses and sessions are kept |
| \`RAILS_LOG_LEVEL\` | \`warn\` for a quiet journal |`,
};

function processNames(): string {
  const version = parseVersion(apps.mastodon.versions.example);
  return (version ? apps.mastodon.processes(version) : []).map(({ name }) => `\`${name}\``).join(', ');
}

/** The text of docs/reference/config.md. */
export function configReference(): string {
  const facts = describeKeys();
  const sections = Object.entries(keys).map(([key, schema]) => {
    const own = facts.filter(({ path }) => path === key || path.startsWith(`${key}.`));
    const source = sourceOf(key);
    const official = source ? [`Official page: <${source}>`] : [];
    const lead = own[0]?.path === key ? [] : [sentence(schema.meta()?.description ?? '')];
    const parts = [`## \`${key}\``, [...lead, ...official].join('\n'), table(own, source), NOTES[key] ?? ''];
    return parts.filter((part) => part !== '').join('\n\n');
  });
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`;
}

function table(facts: KeyFacts[], source: string | undefined): string {
  const rows = merged(facts).map((fact) => [name(fact), fact.type, fallback(fact), meaning(fact, source)]);
  return [
    '| key | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

/** One row for what is the same whoever the provider is. */
function merged(facts: KeyFacts[]): KeyFacts[] {
  return facts.flatMap((fact, index) => {
    const same = facts.filter(({ path }) => path === fact.path);
    if (same.length === 1) return [fact];
    const [first = fact] = same;
    const { provider: _, ...anybody } = first;
    if (fact.path.endsWith('.provider'))
      return fact === first ? [{ ...anybody, type: same.map(({ type }) => type).join(', ') }] : [];
    const equal = same.every((each) => each.type === fact.type && each.default === fact.default);
    if (!equal) return [fact];
    return facts.indexOf(first) === index ? [anybody] : [];
  });
}

const name = ({ path, provider }: KeyFacts) =>
  `\`${path}\`${provider && !path.endsWith('.provider') ? ` (${provider})` : ''}`;
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function meaning({ description, source }: KeyFacts, known: string | undefined): string {
  const text = description.replaceAll('|', '\\|');
  return source && source !== known ? `${text} ([official page](${source}))` : text;
}

function fallback(fact: KeyFacts): string {
  if (fact.required) return '*required*';
  if (fact.default === undefined) return '–';
  const text = fact.default.replace(/^"(.*)"$/, '$1');
  return text === '' ? 'empty' : `\`${text}\``;
}
