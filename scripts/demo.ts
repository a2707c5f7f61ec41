// The demo's steps, each with its time. Called by scripts/demo.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { labFetch } from '../lab/client.ts';
import { Member } from '../lab/member.ts';
import { labDir } from '../lab/paths.ts';
import { picture } from '../lab/picture.ts';
import { confirmationLink } from '../lab/services/mail-client.ts';
import { traces } from '../lab/traces.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const site = 'https://staging.social.coop';
const coop = new URL('./coop', import.meta.url).pathname;
const times: { name: string; seconds: number; share?: string }[] = [];
let interrupted = false;

/** Runs a command with its output shown as it comes; resolves to everything it printed. */
function run(...argv: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      process.stdout.write(text);
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${argv.join(' ')} ended with ${code}`)),
    );
  });
}

const inLab = (...argv: string[]) => run(coop, 'lab', 'shell', '--', ...argv);

/** How an apply spent its time, from the `done STEP SECONDS` lines that it prints. */
function shares(printed: string): string {
  const steps = [...printed.matchAll(/\bdone (\S+) ([\d.]+)\s*s/g)].map((match) => ({
    name: match[1] as string,
    seconds: Number(match[2]),
  }));
  return steps
    .filter((step) => step.seconds >= 0.5)
    .map((step) => `${step.name} ${step.seconds.toFixed(1)} s`)
    .join(', ');
}

async function step<T>(name: string, work: () => Promise<T>, share?: (result: T) => string): Promise<T> {
  if (interrupted) throw new Error('interrupted');
  console.log(`\n── ${name}`);
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const entry: (typeof times)[number] = { name, seconds };
  if (share) entry.share = share(result);
  times.push(entry);
  console.log(`   ${seconds.toFixed(1)} s`);
  return result;
}

async function use(): Promise<void> {
  await step('open registrations, which Mastodon keeps closed at first', () =>
    inLab(coop, 'tootctl', 'staging', 'settings', 'registrations', 'open'),
  );
  const member = await step('register an account, and confirm it from the mail', () =>
    Member.register(site, labFetch, confirmationLink),
  );
  const sent = picture();
  const status = await step('post a status with a picture', async () => {
    const media = await member.upload(sent, 'demo.png', 'image/png');
    return member.publish('Hello from the lab', { media_ids: [media.id] });
  });
  await step('fetch the picture back through the media proxy', async () => {
    const url = status.media_attachments[0]?.url;
    if (!url) throw new Error('the status carries no picture');
    const response = await labFetch(url);
    const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    if (digest(new Uint8Array(await response.arrayBuffer())) !== digest(sent))
      throw new Error('the picture that came back is not the one that was sent');
    console.log(`   ${url} is the picture that was sent`);
  });
}

async function main(): Promise<void> {
  await step('start the lab: clouds, DNS, certificates, object storage on this machine', () =>
    run(coop, 'lab', 'up'),
  );
  await step(
    'pulumi up: from nothing to https://staging.social.coop',
    () => inLab('pulumi', 'up', '--stack', 'staging', '--yes', '--skip-preview'),
    shares,
  );
  await use();
  await step('pulumi up again: no changes', () =>
    inLab('pulumi', 'up', '--stack', 'staging', '--yes', '--skip-preview', '--expect-no-changes'),
  );
  await step('edit one setting: logDays', () =>
    inLab('pulumi', 'config', 'set', '--stack', 'staging', 'logDays', '15'),
  );
  await step(
    'pulumi up: applied in place',
    () => inLab('pulumi', 'up', '--stack', 'staging', '--yes', '--skip-preview', '--diff'),
    shares,
  );
  await step('what the volunteer on call sees', () =>
    run(coop, 'lab', 'shell', '--', coop, 'status', 'staging'),
  );
}

async function takeDown(): Promise<void> {
  await step('pulumi destroy', () =>
    inLab('pulumi', 'destroy', '--stack', 'staging', '--yes', '--skip-preview'),
  );
  await step('take the lab down', () => run(coop, 'lab', 'down', '--yes'));
  await step('prove that nothing is left', async () => {
    const left = await traces(labDir);
    if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
    console.log('   no process, container, volume, network, firewall rule, mount, cgroup or file is left');
  });
}

function summary(): void {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`\n${'step'.padEnd(72)} ${'time'.padStart(8)} ${'share'.padStart(6)}`);
  for (const { name, seconds, share } of times) {
    const percent = `${Math.round((seconds / total) * 100)} %`;
    console.log(`${name.padEnd(72)} ${`${seconds.toFixed(1)} s`.padStart(8)} ${percent.padStart(6)}`);
    if (share) console.log(`    ${share}`);
  }
}

process.on('SIGINT', () => {
  interrupted = true;
});
try {
  await main();
  if (values.keep) {
    console.log(
      `\nLeft running. Look around:\n  scripts/coop lab shell                      a shell where pulumi acts on the lab\n  scripts/coop lab shell -- scripts/coop status staging\n  scripts/coop lab shell -- scripts/coop ssh staging\n  scripts/coop lab status\nTake it down:\n  scripts/coop lab down`,
    );
  } else await takeDown();
  summary();
  console.log('\nThe demo worked.');
} catch (error) {
  summary();
  console.error(`\ndemo failed — ${(error as Error).message}`);
  console.error(
    'The lab is left as it is: look with `scripts/coop lab shell`, remove it with `scripts/coop lab down --yes`.',
  );
  process.exitCode = 1;
}
