import { connect } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { labFetch } from '../../lab/client.ts';
import { stacks } from './stacks.ts';
import { eventually } from './support.ts';

/** The certificate a server shows for the name, without trusting anybody. */
function certificate(host: string, domain: string) {
  return new Promise<{ subjectaltname: string | undefined; validTo: Date; issuer: string }>(
    (resolve, reject) => {
      const socket = connect({ host, port: 443, servername: domain, rejectUnauthorized: false }, () => {
        const shown = socket.getPeerCertificate();
        resolve({
          subjectaltname: shown.subjectaltname,
          validTo: new Date(shown.valid_to),
          issuer: JSON.stringify(shown.issuer),
        });
        socket.destroy();
      });
      socket.setTimeout(5000, () => socket.destroy(new Error('timeout')));
      socket.on('error', reject);
    },
  );
}

describe.each(stacks)('$name', (stack) => {
  const { domain, site, onMachine } = stack;
  const maintenance = (state: string) => stack.maintenance(state);
  beforeAll(() => stack.readOutputs());

  describe('the site', () => {
    it('answers /health over HTTPS with a certificate that clients of the lab trust', async () => {
      const response = await labFetch(`${site}/health`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('OK');
    });

    it.each(['address', 'address6'] as const)(
      'shows a certificate for its name at its %s, issued by the ACME server and valid for a day or more',
      async (output) => {
        const shown = await certificate(stack.outputs[output], domain);
        expect(shown.subjectaltname).toContain(`DNS:${domain}`);
        expect(shown.issuer).toMatch(/Pebble/i);
        expect(shown.validTo.getTime()).toBeGreaterThan(Date.now() + 86_400_000);
      },
    );

    it('redirects plain HTTP to HTTPS', async () => {
      const response = await labFetch(`http://${domain}/about`, { redirect: 'manual' });
      expect(response.status).toBe(301);
      expect(response.headers.get('location')).toBe(`${site}/about`);
    });

    it('sends HSTS and a request ID', async () => {
      const response = await labFetch(`${site}/`);
      expect(response.headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/);
      expect(response.headers.get('x-request-id')).toBeTruthy();
    });

    it('reports the configured version and its name', async () => {
      const instance = JSON.parse(await (await labFetch(`${site}/api/v1/instance`)).text());
      expect(instance.uri).toBe(domain);
      expect(instance.version).toContain(stack.version);
    });

    it('answers the streaming health check through nginx', async () => {
      const response = await labFetch(`${site}/api/v1/streaming/health`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('OK');
    });

    it('serves static assets', async () => {
      const response = await labFetch(`${site}/robots.txt`);
      expect(response.status).toBe(200);
    });

    it('works every queue, and the scheduler in one process only', async () => {
      const queues = await eventually(async () => {
        const listed = (await onMachine('instance', 'queues', '--json')).stdout;
        return JSON.parse(listed) as { name: string; processes: number }[];
      });
      const all = ['default', 'push', 'pull', 'ingress', 'mailers', 'fasp', 'scheduler'];
      for (const name of all) {
        const queue = queues.find((entry) => entry.name === name);
        expect(queue, `queue ${name}`).toBeTruthy();
        expect(queue?.processes, `processes on ${name}`).toBeGreaterThanOrEqual(1);
      }
      expect(queues.find((entry) => entry.name === 'scheduler')?.processes).toBe(1);
    });
  });

  describe('the machine', () => {
    it('archives WAL and holds a first full backup', async () => {
      const status = JSON.parse(
        (await onMachine('instance', 'status', '--json')).stdout.replace(/^[^{]*/, ''),
      );
      expect(status.backup).toBeTruthy();
      const info = JSON.parse(
        (await onMachine('docker', 'exec', 'instance-db-1', 'pgbackrest', 'info', '--output=json')).stdout,
      );
      expect(info[0].backup.map((backup: { type: string }) => backup.type)).toContain('full');
      expect(info[0].cipher).toBe('aes-256-cbc');
      const [archived, failed] = (
        await onMachine(
          'instance',
          'psql',
          '-At',
          '-c',
          '"select archived_count, failed_count from pg_stat_archiver"',
        )
      ).stdout
        .trim()
        .split('|');
      expect(Number(archived)).toBeGreaterThan(0);
      expect(Number(failed)).toBe(0);
    });

    it('has every timer that ships enabled, active and due', async () => {
      const shipped = (
        await onMachine("find /etc/systemd/system -maxdepth 1 -type f -name '*.timer' -printf '%f\\n'")
      ).stdout
        .split('\n')
        .filter(Boolean);
      expect(shipped.length).toBeGreaterThan(0);
      const properties = 'Id,UnitFileState,ActiveState,NextElapseUSecRealtime,NextElapseUSecMonotonic';
      const shown = (await onMachine('systemctl', 'show', '-p', properties, ...shipped)).stdout.split('\n\n');
      expect(shown).toHaveLength(shipped.length);
      for (const show of shown) {
        expect(show).toContain('UnitFileState=enabled');
        expect(show).toContain('ActiveState=active');
        expect(show).toMatch(/NextElapseUSec(Realtime|Monotonic)=\S+/);
      }
    });

    it('shows one readable screen of status in 80 columns', async () => {
      const { stdout } = await stack.coop('status', '--no-color');
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      for (const word of ['web', 'streaming', 'db', 'redis', 'backup', 'certificate', 'disk'])
        expect(stdout.toLowerCase(), word).toContain(word);
    });

    it('lets nobody but root read the metadata service', async () => {
      const ask = 'curl -s -m 2 -o /dev/null http://169.254.169.254/ || echo refused';
      for (const as of ['sudo -u nobody', 'docker exec instance-web-1'])
        expect((await onMachine(`${as} ${ask}`)).stdout, as).toContain('refused');
    });
  });

  describe('maintenance', () => {
    it('shows a page with 503 and Retry-After while on, and the site again when off', async () => {
      await maintenance('on');
      try {
        const page = await labFetch(`${site}/`);
        expect(page.status).toBe(503);
        expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
        const api = await labFetch(`${site}/api/v1/instance`);
        expect(api.status).toBe(503);
        expect(JSON.parse(await api.text())).toHaveProperty('error');
        expect((await labFetch(`${site}/.well-known/webfinger?resource=acct:x@${domain}`)).status).toBe(503);
        expect((await labFetch(`${site}/robots.txt`)).status).toBe(200);
        expect((await labFetch(`${site}/health`)).status).toBe(200);
      } finally {
        await maintenance('off');
      }
      expect((await labFetch(`${site}/`)).status).toBe(200);
    });
  });

  describe('tootctl', () => {
    it('runs the app’s own commands', async () => {
      const created = await stack.tootctl(
        'accounts',
        'create',
        'keeper',
        '--email',
        'keeper@members.lab.test',
        '--confirmed',
      );
      expect(created.output).toMatch(/password/i);
    });

    it('refuses self-destruct', async () => {
      await expect(stack.tootctl('self-destruct')).rejects.toThrow(/self-destruct/);
    });
  });
});
