import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { cloud } from '../../lab/cloud/client.ts';
import { Member, type Status } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { gateway, services } from '../../lab/services/addresses.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { verifyAnswerSchema } from '../../scripts/lib/report/schema.ts';
import { Ammunition } from './ammunition.ts';
import { changesOf, objectsOf } from './buckets.ts';
import { canariesFrom } from './canaries.ts';
import { Copy } from './copies.ts';
import { upCounted } from './packets.ts';
import { describeRestoreFaults, runOut } from './restore-faults.ts';
import { type Stack, stacks } from './stacks.ts';
import { eventually, reach, run } from './support.ts';
import { archived } from './used.ts';

const staging = stacks.find(({ name }) => name === 'staging') as Stack;
const copy = new Copy('copy', staging);
const ammunition = new Ammunition(staging);
const buckets = ['media', 'backups'].map((purpose) => ({
  region: 'fra1',
  name: `staging-social-coop-${purpose}`,
}));
const { peer, mail } = services;

/** Canaries of all rounds of which none got out. */
let held = 0;

async function canaries() {
  const report = await canariesFrom(copy.name);
  if (report.passed.length === 0) held += report.sent;
  return report;
}

const shippedChecks = readdirSync(join(checkout, 'host/opt/social.coop/libexec/verify.d')).map((name) =>
  name.slice(3),
);
const silent = { passed: [], arrived: [0, 0] };
const sql = async (stack: Stack, query: string) =>
  (
    await stack.onMachine(
      'docker',
      'exec',
      'instance-db-1',
      `psql -U postgres -d mastodon_production -Atc "${query}"`,
    )
  ).stdout
    .trim()
    .split('\n')
    .at(-1);
const digest = (stack: Stack) =>
  sql(
    stack,
    `select md5(string_agg(t::text, '|' order by id)) || (select count(*) from accounts) from statuses t`,
  );
const applied = () => copy.onMachine('instance', 'apply');
const appRuns = async () =>
  (await copy.onMachine("docker ps --format '{{.Names}}'")).stdout.match(/instance-[a-z-]+-1/g)?.sort();

describe('a fenced copy of staging', () => {
  let post: Status;
  let data: string | undefined;
  let objects: Awaited<ReturnType<typeof objectsOf>>[];
  let sent: Record<string, number>;

  beforeAll(async () => {
    await staging.tootctl('settings', 'registrations', 'open');
    const member = await Member.register(staging.site, labFetch, confirmationLink);
    const media = await member.upload(picture(), 'picture.png', 'image/png');
    post = await member.publish('before the copy was made', { media_ids: [media.id] });
    await staging.tootctl(
      'accounts',
      'create',
      'owner',
      '--email',
      'owner@social.coop',
      '--confirmed',
      '--role',
      'Owner',
    );
    await staging.onMachine('systemctl start manifest media-sample');
    // Of two backups the newer can be damaged.
    await staging.onMachine('instance backup full');
    await ammunition.load();
    data = await digest(staging);
    const moment = await sql(staging, 'select floor(extract(epoch from clock_timestamp()) * 1000)');
    await member.publish('after the moment that is asked for');
    await archived(staging);
    objects = await Promise.all(buckets.map(objectsOf));
    await copy.make({ from: 'staging', at: new Date(Number(moment)).toISOString() });
    sent = await upCounted(copy);
    await copy.readOutputs();
  });
  afterAll(async () => {
    await ammunition.unload();
    await copy.remove();
  });

  it('holds the data as of the moment asked for, and serves it to nobody but this machine itself', async () => {
    const texts = (stack: Stack) => sql(stack, "select string_agg(text, ', ' order by id) from statuses");
    expect(await texts(copy)).toBe((await texts(staging))?.replace(/, after the moment.*/, ''));
    expect(await digest(copy)).toBe(data);
    expect(await sql(copy, "select count(*) from statuses where text like 'after the moment%'")).toBe('0');
    const line = `curl -sf -H 'Host: ${copy.domain}' -H 'X-Forwarded-Proto: https' http://127.0.0.1:3000/api/v1/statuses/${post.id}`;
    expect((await copy.onMachine(line)).stdout).toContain('before the copy was made');
    const { address } = copy.outputs;
    expect(await reach(address, 22)).toBe('open');
    const shut = await Promise.all([80, 443, 3000, 5432].map((port) => reach(address, port)));
    expect(new Set(shut)).toEqual(new Set(['closed']));
  });

  it('passes every check there is', async () => {
    const { stdout } = await run(copy.coopCommand('ssh', '--', 'instance', 'verify', '--json'), {
      seconds: 170,
    });
    const { checks } = verifyAnswerSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual(shippedChecks);
    expect(checks.find(({ check }) => check === 'media-sample')?.values.objects).toBeGreaterThan(0);
  });

  it('was fenced before it fetched, and archives nothing', async () => {
    const { stdout } = await copy.onMachine('cat /var/lib/social.coop/restore/phases.json');
    const phases = JSON.parse(stdout.slice(stdout.indexOf('['))) as {
      name: string;
      start: string;
      end: string;
    }[];
    expect(phases.map(({ name }) => name)).toEqual(['packages', 'images', 'fence', 'fetch', 'replay', 'app']);
    for (const [index, { start }] of phases.entries())
      expect(start >= (phases[index - 1]?.end ?? '')).toBe(true);
    expect(await sql(copy, 'show archive_mode')).toBe('off');
    expect(await sql(staging, 'show archive_mode')).toBe('on');
  });

  it('sent nothing from then on, while secrets and data came, but to the buckets and to whoever brought it up', () => {
    const { [services.s3.v4]: fetched = 0, [services.s3.v6]: fetched6 = 0, ...others } = sent;
    expect(fetched + fetched6).toBeGreaterThan(100);
    expect(Object.entries(others).filter(([to]) => ![gateway.v4, gateway.v6].includes(to as never))).toEqual(
      [],
    );
  });

  it('runs what serves, and nothing that speaks to others, or acts by the clock', async () => {
    expect(await appRuns()).toEqual(
      ['db', 'redis', 'sidekiq-default-q', 'streaming', 'web'].map((name) => `instance-${name}-1`),
    );
    const { stdout } = await copy.onMachine(
      "find /etc/systemd/system -maxdepth 1 -type f -name '*.timer'; docker exec instance-web-1 sh -c 'env; cat .env.production'",
    );
    expect(stdout.match(/[\w-]+\.timer/g)).toEqual(['restore-deadline.timer']);
    expect(stdout).toContain('SMTP_SERVER=nowhere.invalid');
    expect(stdout).toContain(`LOCAL_DOMAIN=${staging.domain}`);
    const theirs = (await staging.onMachine('docker exec instance-web-1 cat .env.production')).stdout;
    const vapid = (text: string) => /VAPID_PUBLIC_KEY='?([^'\n]+)/.exec(text)?.[1];
    expect(vapid(stdout)).toBeTruthy();
    expect(vapid(stdout)).not.toBe(vapid(theirs));
  });

  it('lets no canary out, from this machine and every container, over IPv4 and IPv6, and counts them', async () => {
    const report = await canaries();
    expect(report).toMatchObject(silent);
    expect(report.sent).toBeGreaterThan(100);
    const from = new Set(report.canaries.map(({ from }) => from));
    expect(from.size).toBe(6);
    expect(report.canaries.filter(({ kind }) => kind.startsWith('write to'))).toHaveLength(2);
    // Five containers, each with seven packets over a route that it does not have.
    expect(report.counters.forward).toBeGreaterThanOrEqual(35);
    expect(report.counters.out).toBeGreaterThanOrEqual(10);
  });

  const lift = 'systemctl stop fence-watch && nft delete table inet coop_fence';
  const firewall = () => copy.object('digitalocean', 'Firewall', ({ name }) => name === 'copy-copy');
  const everything = [
    { protocol: 'tcp', portRange: 'all' },
    { protocol: 'udp', portRange: 'all' },
  ].map((rule) => ({ ...rule, destinationAddresses: ['0.0.0.0/0', '::/0'] }));
  const open = async () => {
    const { id, inputs } = await firewall();
    await cloud.update('digitalocean', 'Firewall', id, { ...inputs, outboundRules: everything });
  };

  describe('layer by layer', () => {
    const putBack = 'systemctl reload social-coop-fence && systemctl start fence-watch';
    let closed: Awaited<ReturnType<typeof firewall>>;
    beforeAll(async () => {
      closed = await firewall();
    });
    afterAll(async () => {
      await cloud.update('digitalocean', 'Firewall', closed.id, closed.inputs);
      await copy.onMachine(putBack);
    });

    it('the machine’s own fence holds when the cloud firewall is open', async () => {
      await open();
      expect(await canaries()).toMatchObject(silent);
    });

    it('without both, the same canaries arrive: the witnesses are awake', async () => {
      await copy.onMachine(lift);
      const { passed, arrived, canaries: all } = await canaries();
      const reachable = all.filter(
        ({ from, kind }) =>
          from === 'host' &&
          [peer, mail].some(({ v4, v6 }) => [v4, v6].some((at) => kind.endsWith(` ${at}`))),
      );
      const answering = reachable.filter(({ kind }) => /^(https|smtp|submission) /.test(kind));
      expect(answering).toHaveLength(6);
      expect(answering.filter(({ refused }) => refused)).toEqual([]);
      expect(passed.length).toBeGreaterThanOrEqual(6);
      expect(arrived[0]).toBeGreaterThanOrEqual(2);
      expect(arrived[1]).toBeGreaterThanOrEqual(4);
      // So are networks: a container has no way out, whoever else would let it.
      const contained = all.filter(({ from, kind }) => from !== 'host' && !kind.endsWith(', with a route'));
      expect(contained.length).toBeGreaterThanOrEqual(5 * 12);
      expect(contained.filter(({ refused }) => !refused)).toEqual([]);
      // The keys are a layer of their own.
      expect(passed.filter((kind) => kind.startsWith('write to'))).toEqual([]);
    });

    it('the cloud firewall holds when the machine’s own fence is gone', async () => {
      await cloud.update('digitalocean', 'Firewall', closed.id, closed.inputs);
      const { passed, arrived } = await canaries();
      // No customer's firewall stands before the provider's own service.
      expect(passed.filter((kind) => kind !== 'metadata')).toEqual([]);
      expect(arrived).toEqual([0, 0]);
    });
  });

  describeRestoreFaults(copy, staging, {
    digest: () => digest(copy),
    data: () => data,
  });

  it('comes back within 5 seconds after a flush by mistake, with the app stopped until somebody starts it', async () => {
    const { stdout } = await copy.onMachine(
      'began=$(date +%s%N); nft flush ruleset; for i in $(seq 200); do nft list table inet coop_fence >/dev/null 2>&1 && break; sleep 0.05; done; echo "after $((($(date +%s%N) - began) / 1000000)) ms"',
    );
    console.log(`the fence is back ${stdout.trim()}`);
    expect(Number(/after (\d+) ms/.exec(stdout)?.[1])).toBeLessThan(5000);
    await eventually(async () => expect(await appRuns()).toEqual(['instance-db-1']), 20);
    await eventually(async () =>
      expect((await copy.onMachine('journalctl -u fence-watch -n 5 -o cat')).stdout).toMatch(
        /the app is stopped/,
      ),
    );
    expect(await canaries()).toMatchObject(silent);
    await applied();
    expect(await appRuns()).toHaveLength(5);
  });

  it('holds after Docker was restarted, and after a reboot', async () => {
    await copy.onMachine('systemctl restart docker');
    await eventually(async () => expect(await appRuns()).toHaveLength(5), 60);
    const restarted = await canaries();
    expect(restarted).toMatchObject(silent);
    expect(new Set(restarted.canaries.map(({ from }) => from)).size).toBe(6);
    const began = async () => (await copy.onMachine('ps -o lstart= -p 1')).stdout;
    const before = await began();
    await copy.onMachine('systemctl --no-block reboot');
    await eventually(async () => {
      expect(await began()).not.toBe(before);
      const { stdout } = await copy.onMachine('systemctl is-active fence-watch docker');
      expect(stdout).toBe('active\nactive\n');
      expect(await appRuns()).toHaveLength(5);
    }, 60);
    expect(await canaries()).toMatchObject(silent);
    expect(await digest(copy)).toBe(data);
    expect(held).toBeGreaterThanOrEqual(500);
  });

  describe('with everything pending that a copy does by itself', () => {
    const media = buckets[0] as (typeof buckets)[number];
    const every = ['scheduled post', 'federated deletion', 'file vacuumed', 'mail to the staff'].concat(
      'queued delivery',
    );
    const nothing = Object.fromEntries(every.map((name) => [name, false]));
    let before: number[];
    beforeAll(async () => {
      const there = await ammunition.waiting(staging);
      expect(there.retry).toBeGreaterThan(0);
      expect(there.mailers).toBeGreaterThan(0);
      before = await ammunition.seen();
    });

    it('has none of the source’s jobs, and nobody for its own', async () => {
      expect(await ammunition.waiting(copy)).toEqual({ push: 0, mailers: 0, scheduler: 0, retry: 0 });
      await ammunition.arm(copy);
      await eventually(async () => {
        const { push, mailers, scheduler } = await ammunition.waiting(copy);
        expect([push, scheduler]).toEqual([1, 3]);
        expect(mailers).toBeGreaterThanOrEqual(2);
      });
      expect(await ammunition.arrived(media)).toEqual(nothing);
      expect(await ammunition.seen()).toEqual(before);
    });

    it('lets none of it out though somebody works every queue, on a network with a way out', async () => {
      await ammunition.work(copy);
      await eventually(async () => {
        const tried = await ammunition.failures(copy);
        expect(tried).toEqual([
          'ActionMailer::MailDeliveryJob',
          'ActivityPub::DeliveryWorker',
          'Scheduler::VacuumScheduler',
        ]);
        // Both mails, and each of three activities.
        expect((await ammunition.waiting(copy)).retry).toBeGreaterThanOrEqual(5);
      }, 90);
      await ammunition.stopWork(copy);
      expect(await ammunition.arrived(media)).toEqual(nothing);
      expect(await ammunition.seen()).toEqual(before);
    });
  });

  it('leaves the source’s buckets as they were, byte for byte', async () => {
    const timeline = Number(await sql(staging, 'select timeline_id from pg_control_checkpoint()'));
    for (const [index, bucket] of buckets.entries())
      expect(changesOf(objects[index] ?? [], await objectsOf(bucket), timeline), bucket.name).toEqual([]);
  });

  it('was loaded: without fence, networks and what is forced, all of it arrives', async () => {
    await open();
    await copy.onMachine(`${lift}; nft delete table inet social_coop`);
    await ammunition.work(copy, {
      ...(await ammunition.sourceKey()),
      SMTP_SERVER: mail.host,
      MASTODON_STANDIN_SPEED: '10',
    });
    await ammunition.again(copy);
    await eventually(async () => {
      const arrived = await ammunition.arrived(buckets[0] as (typeof buckets)[number]);
      const missing = Object.keys(arrived).filter((name) => !arrived[name]);
      expect(missing, missing.length > 0 ? await ammunition.log(copy) : '').toEqual([]);
    }, 90);
  });

  it('has nothing more to do; switches itself off when its hours are over; and leaves nothing when it goes', async () => {
    await copy.pulumi('preview', '--non-interactive', '--expect-no-changes');
    await runOut(copy);
    await copy.remove();
    const left = (await cloud.everything()).filter((object) => JSON.stringify(object).includes('copy-'));
    expect(left).toEqual([]);
  });
});
