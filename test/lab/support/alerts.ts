import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../components/host/render.ts';
import { awaitMail, mails } from '../../../lab/services/mail-client.ts';
import { type PeerRequest, peerRequests } from '../../../lab/services/peer-client.ts';
import type { ApplyLab } from './apply-lab.ts';

const secretPart = 'alerts-of-ours';
const mail = 'ops@people.example';

/** What people hear of a machine on which something breaks, and what they do not. */
export function describeAlerts(get: () => ApplyLab): void {
  describe('alerts', () => {
    let told: HostFacts;
    let since = 0;

    /** What arrived since the last time this was asked, by the last part of its address. */
    async function arrived(): Promise<Record<string, (PeerRequest & { text: string })[]>> {
      const found = (await peerRequests(since)).filter(({ path }) => path.startsWith('/hooks/'));
      since = Math.max(since, ...found.map(({ id }) => id));
      const read = found.map((request) => {
        const text = request.body ? String(JSON.parse(request.body).text) : '';
        return { ...request, text };
      });
      return {
        posts: read.filter(({ path }) => path.endsWith(secretPart)),
        pings: read.filter(({ path }) => path.endsWith('/switch')),
      };
    }
    const look = () => get().ssh('systemctl start watch.service');
    /** Starts a job, and waits until whoever is told of it has been. */
    const start = (job: string) =>
      get().must(
        `systemctl start ${job}.service; code=$?; while systemctl is-active --quiet alert@${job}.service.service || systemctl list-jobs | grep -q alert@; do sleep 0.1; done; echo $code`,
      );

    beforeAll(async () => {
      const lab = get();
      const { secrets } = lab.facts.config;
      told = lab.changed({
        alerts: { mail, againHours: 6 },
        secrets: {
          ...secrets,
          alertWebhook: `https://peer.lab.test/hooks/${secretPart}`,
          deadMansSwitch: 'https://peer.lab.test/hooks/switch',
        },
      });
      const ran = await lab.apply(told);
      expect(ran.code, ran.output).toBe(0);
      // It looks when the tests say so; the next apply starts its timer again.
      await lab.must(
        'systemctl stop watch.timer; while [ "$(systemctl is-active watch.service)" = activating ]; do sleep 0.1; done',
      );
      await look();
      since = (await peerRequests()).at(-1)?.id ?? 0;
    });
    afterAll(async () => {
      await get().must('[ ! -e /usr/bin/certbot.away ] || mv /usr/bin/certbot.away /usr/bin/certbot');
      expect((await get().apply(get().facts)).code).toBe(0);
    });

    it('are raised by every service that ships, whatever starts it, and by the system’s own', async () => {
      const shown = await get().must(
        `awk '$5 ~ "^/etc/systemd/system/[^/]*[.]service$" { sub(".*/", "", $5); print $5 }' /var/lib/social.coop/applied/MANIFEST | grep -v '@' | xargs systemctl show docker.service nginx.service ssh.service systemd-journald.service --property=Id,OnFailure`,
      );
      const units = shown
        .trim()
        .split('\n\n')
        .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split('='))));
      expect(units.length).toBeGreaterThan(15);
      for (const { Id, OnFailure } of units) expect(OnFailure, Id).toBe(`alert@${Id}.service`);
    });

    it('say what broke, where and what to run, by webhook and by mail, once, and that it works again', async () => {
      const lab = get();
      await lab.must('mv /usr/bin/certbot /usr/bin/certbot.away');
      expect(await start('certificate-renew')).toBe('1\n');
      const [post] = (await arrived()).posts ?? [];
      expect(post).toMatchObject({ method: 'POST', secure: true });
      expect(post?.headers['content-type']).toBe('application/json');
      const { text, html } = JSON.parse(post?.body ?? '{}');
      expect(html).toContain('<b>host.social.coop: certificate-renew has failed</b>');
      for (const words of [
        /^host\.social\.coop: certificate-renew has failed$/m,
        /^what +Renew the instance's certificate when it is due \(certificate-renew\.service\)$/m,
        /^where +apply-primary, stack staging, 198\.18\.1\.200$/m,
        /^said +.*failed to run command .certbot.: No such file or directory$/m,
        /^since +20\d\d-\d\d-\d\d \d\d:\d\d UTC$/m,
        /^worked +(last at 20\d\d-|never, )/m,
        /^do +sudo instance logs certificate-renew --lines 30$/m,
        /^then +sudo instance runbook certificate$/m,
      ])
        expect(text).toMatch(words);
      const sent = await awaitMail(mail, ({ subject }) => subject.includes('certificate-renew has failed'));
      expect(sent).toMatchObject({ from: 'staging@host.social.coop', secure: true });
      expect(sent.text.replaceAll('\r\n', '\n').trim()).toBe(text);

      // Nobody reads the tenth message.
      expect(await start('certificate-renew')).toBe('1\n');
      await look();
      expect((await arrived()).posts).toEqual([]);
      await lab.must('mv /usr/bin/certbot.away /usr/bin/certbot');
      await look();
      expect((await arrived()).posts).toEqual([]);
      expect(await start('certificate-renew')).toBe('0\n');
      await look();
      expect((await arrived()).posts?.map((each) => each.text.split('\n')[0])).toEqual([
        'host.social.coop: certificate-renew works again',
      ]);
      const subjects = mails()
        .filter(({ to }) => to.includes(mail))
        .map(({ subject }) => subject);
      expect(subjects).toEqual([
        'host.social.coop: certificate-renew has failed',
        'host.social.coop: certificate-renew works again',
      ]);
    });

    it('are a dead man’s switch too: pinged while nothing is red, and not for a job that cannot run', async () => {
      const lab = get();
      await arrived();
      expect((await look()).code).toBe(0);
      expect((await arrived()).pings).toHaveLength(1);
      await lab.must('systemctl disable --now --quiet image-archive.timer');
      // Red for a moment is an apply, or somebody at work.
      expect((await look()).code).toBe(0);
      expect(await arrived()).toMatchObject({ posts: [], pings: [] });
      await lab.must(
        `awk '{ print $1, $2 - 300 }' /run/social.coop/watch.seen > /run/x && mv /run/x /run/social.coop/watch.seen`,
      );
      expect((await start('watch')).trim()).toBe('1');
      const { posts, pings } = await arrived();
      expect(pings).toEqual([]);
      expect(posts?.map((each) => each.text)).toEqual([
        expect.stringMatching(
          /^host\.social\.coop: 1 thing is broken\n\nbroken +jobs: image-archive will not run: its timer is not enabled\n(?:.*\n)+do +sudo instance status\nthen +sudo instance runbook site-down$/,
        ),
      ]);
      await lab.must('systemctl enable --now --quiet image-archive.timer');
      expect((await look()).code).toBe(0);
      const after = await arrived();
      expect(after.pings).toHaveLength(1);
      expect(after.posts?.map((each) => each.text.split('\n')[0])).toEqual([
        'host.social.coop: what was broken is well again',
      ]);
    });

    it('can be tried by hand, and it is said what did not arrive', async () => {
      const lab = get();
      const tried = await lab.ssh('instance alert test');
      expect(tried.code, tried.output).toBe(0);
      expect(tried.stdout).toMatch(/^webhook +arrived: taken by the receiver$/m);
      expect(tried.stdout).toMatch(/^mail +arrived: taken by the mail relay$/m);
      expect(tried.stdout).toMatch(/^switch +pinged 0 minutes ago/m);
      const { posts, pings } = await arrived();
      expect(posts?.map((each) => each.text.split('\n')[0])).toEqual([
        'host.social.coop: this is a test, nothing is broken',
      ]);
      expect(pings).toEqual([]);
      // Another address, which nobody has.
      await lab.must(
        `sed -i 's|hooks/${secretPart}|nobody/${secretPart}|' /etc/social.coop/alert/webhook.curl`,
      );
      const refused = await lab.ssh('instance alert test');
      expect(refused.code).toBe(1);
      expect(refused.output).toMatch(/error: 404[\s\S]*webhook +did not arrive[\s\S]*mail +arrived/);
      await lab.must(
        `sed -i 's|nobody/${secretPart}|hooks/${secretPart}|' /etc/social.coop/alert/webhook.curl`,
      );
    });

    it('name their addresses and passwords in no log', async () => {
      const { smtpPassword } = told.config.secrets;
      const journal = await get().must('journalctl --no-pager --output=cat | tail -n 20000');
      expect(journal).toContain('told of certificate-renew.service by webhook');
      expect(journal).not.toContain(secretPart);
      expect(journal).not.toContain(smtpPassword);
    });
  });
}
