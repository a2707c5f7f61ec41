import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFacts } from '../../components/host/render.ts';
import { labFetch } from '../../lab/client.ts';
import { ApplyLab } from './support/apply-lab.ts';
import { run } from './support/run.ts';

let lab: ApplyLab;
let facts: HostFacts;
let site: string;

beforeAll(async () => {
  lab = await ApplyLab.converged('network.social.coop', {
    config: { federation: 'open' },
  });
  facts = lab.facts;
  site = `https://${facts.config.domain}`;
});
afterAll(() => lab?.stop());

const changed = (config: Partial<HostFacts['config']>) => lab.changed(config);

/** Whether a TCP connection from this machine, which stands for the world, is let in. */
const reaches = async (host: string, port: number) =>
  (await run(['timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`])).code === 0;

const fromWeb = (line: string) => lab.ssh(`docker exec instance-web-1 ${line}`);

describe('ports', () => {
  it('that somebody publishes with Docker on every address stay closed from outside', async () => {
    await lab.must(
      `docker run --detach --rm --name open --network coop-out --publish 8080:3000 --entrypoint sh ${facts.config.images.redis} -c 'while true; do echo hi | nc -l -p 3000 -q 0 2>/dev/null || redis-server --port 3000; done'`,
    );
    try {
      expect((await lab.ssh('sleep 1; timeout 3 bash -c "exec 3<>/dev/tcp/198.19.1.1/8080"')).code).toBe(0);
      expect(await reaches(lab.address, 8080)).toBe(false);
    } finally {
      await lab.must('docker rm --force open');
    }
  });

  it('of containers cannot be reached by a neighbour who routes their addresses, or loopback, here', async () => {
    const addresses = await lab.must(
      "docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' instance-web-1 instance-db-1",
    );
    const [web, db] = [
      addresses.match(/198\.19\.1\.\d+/)?.[0] as string,
      addresses.split('\n')[1]?.trim() as string,
    ];
    await run(['ip', 'route', 'add', '198.19.0.0/16', 'via', lab.address]);
    try {
      expect(await reaches(web, 3000)).toBe(false);
      expect(await reaches(db, 5432)).toBe(false);
    } finally {
      await run(['ip', 'route', 'del', '198.19.0.0/16', 'via', lab.address]);
    }
    expect(await lab.must('nft list counter inet social_coop published_refused')).not.toContain('packets 0 ');
  });
});

describe('a database client', () => {
  const client = { port: 5433, read: ['accounts'], write: [] as string[], connections: 2 };
  const password = 'a-password-of-metrics';
  const clients = (databaseClients: HostFacts['config']['databaseClients']) =>
    changed({
      databaseClients,
      secrets: {
        ...facts.config.secrets,
        databaseClients: Object.fromEntries(Object.keys(databaseClients).map((name) => [name, password])),
      },
    });
  const applied = async (given: HostFacts) => {
    const ran = await lab.apply(given);
    expect(ran.code, ran.output).toBe(0);
    return ran;
  };
  /** As a program on the machine would; the database's image has the same psql. */
  const ask = (sql: string, role = 'metrics', secret = password) =>
    lab.ssh(
      `docker run --rm --interactive --network host --env PGPASSWORD='${secret}' ${facts.config.images.postgres} psql --host=127.0.0.1 --port=5433 --username=${role} --dbname=mastodon_production --no-psqlrc -At`,
      { input: sql },
    );

  it('reads what it may through its port on loopback, and nothing else', async () => {
    await applied(clients({ metrics: client }));
    expect((await ask('SELECT count(*) >= 0 FROM accounts')).stdout).toBe('t\n');
    for (const sql of [
      'SELECT 1 FROM users',
      'DELETE FROM accounts',
      'CREATE TABLE x ()',
      'SET ROLE mastodon',
    ])
      expect((await ask(sql)).output, sql).toMatch(/ERROR: +permission denied/);
    expect((await ask('SELECT 1', 'metrics', 'wrong')).output).toContain('password authentication failed');
    const app = await ask('SELECT 1', 'mastodon', facts.config.secrets.databasePassword);
    expect(app.output).toContain('pg_hba.conf rejects');
  });

  it('is alone with its port: nobody outside and no container reaches it, by IPv4 or IPv6', async () => {
    expect(await lab.must("ss -Hltn 'sport = :5433' | awk '{ print $4 }'")).toBe('127.0.0.1:5433\n');
    const outside = [lab.address, 'fd00:c00b::1:200', '127.0.0.1'].map((address) => reaches(address, 5433));
    const inside = ['198.19.1.1', '198.19.2.1', lab.address, '[fd00:c00b::1:200]'].map(
      async (address) => (await fromWeb(`curl --silent --max-time 3 telnet://${address}:5433`)).code === 0,
    );
    expect(await Promise.all([...outside, ...inside])).toEqual(Array(7).fill(false));
  });

  it('still finds the database when that was restarted, and a second apply changes nothing', async () => {
    const given = clients({ metrics: client });
    await lab.must('docker restart instance-redis-1 instance-db-1');
    const ran = await applied(given);
    expect(ran.stdout).not.toContain('installed');
    expect((await ask('SELECT 1 FROM accounts LIMIT 0')).code).toBe(0);
  });

  it('gets exactly the rights that its new line says', async () => {
    await applied(clients({ metrics: { ...client, read: ['*'], write: ['settings'] } }));
    await lab.must('instance psql -qc "SET ROLE mastodon; CREATE TABLE later ()"');
    expect((await ask('SELECT 1 FROM users LIMIT 0; SELECT 1 FROM later')).code).toBe(0);
    expect((await ask("INSERT INTO settings (var, value) VALUES ('by_metrics', '')")).stdout).toBe(
      'INSERT 0 1\n',
    );
    await applied(clients({ metrics: { ...client, read: ['settings'] } }));
    for (const sql of ['SELECT 1 FROM later', 'SELECT 1 FROM users', 'DELETE FROM settings'])
      expect((await ask(sql)).output, sql).toMatch(/permission denied/);
    expect((await ask("SELECT var FROM settings WHERE var = 'by_metrics'")).stdout).toBe('by_metrics\n');
  });

  it('of a table that is not there is refused with its name', async () => {
    const ran = await lab.apply(clients({ metrics: { ...client, read: ['acounts'] } }));
    expect(ran.code).toBe(1);
    expect(ran.output).toContain('has no table acounts — databaseClients.metrics');
  });

  it('that is no longer named loses session, role and port at once', async () => {
    const session = ask("SELECT pg_sleep(60); SELECT 'slept'");
    await lab.must(
      `for i in $(seq 50); do instance psql -Atc "SELECT usename FROM pg_stat_activity" | grep -x metrics && exit; sleep 0.2; done; exit 1`,
    );
    await applied(facts);
    expect((await session).stdout).not.toContain('slept');
    expect(
      await lab.must(`instance psql -Atc "SELECT rolname FROM pg_roles WHERE rolname = 'metrics'"`),
    ).toBe('');
    expect((await lab.ssh('timeout 3 bash -c "exec 3<>/dev/tcp/127.0.0.1/5433"')).code).not.toBe(0);
    expect(await lab.must('ls /etc/systemd/system | grep -c "database-client@" || true')).toBe('0\n');
  });
});

describe('a visitor', () => {
  it('under another name gets no answer', async () => {
    const get = (...args: string[]) =>
      run(['curl', '--silent', '--insecure', '--max-time', '5', '--output', '/dev/null', ...args]);
    expect((await get('--header', 'Host: other.example', `http://${lab.address}/`)).code).toBe(52);
    expect((await get(`https://${lab.address}/`)).code).toBe(35);
  });

  it('who uploads too much is told so in JSON', async () => {
    const response = await labFetch(`${site}/api/v2/media`, {
      method: 'POST',
      headers: { 'content-length': String(200 * 2 ** 20) },
      body: '',
    }).catch(() => undefined);
    const ran = await lab.must(
      `head -c ${(facts.config.uploadMb + 2) * 2 ** 20} /dev/zero | curl --silent --include --data-binary @- ${site}/api/v2/media`,
    );
    expect(response?.status ?? 413).toBe(413);
    expect(ran).toMatch(/^HTTP\/2 413/);
    expect(ran).toContain('{"error":"This file is larger');
    expect(ran).not.toMatch(/retry-after/i);
  });
});

describe('federation', () => {
  it('reaches others while it is open', async () => {
    const ran = await fromWeb(
      "curl --silent --insecure --output /dev/null --write-out '%{http_code}' --max-time 10 https://peer.lab.test/",
    );
    expect(ran.code, ran.output).toBe(0);
  });

  it('is ended by `off`, for connections under way as well, while storage stays in reach', async () => {
    // A connection that stands, and would go on after the door is closed.
    const open = lab.ssh(
      `docker exec instance-web-1 bash -c 'exec 3<>/dev/tcp/peer.lab.test/80; sleep 25; printf "GET / HTTP/1.0\\r\\nHost: peer.lab.test\\r\\n\\r\\n" >&3; timeout 5 head -c 1 <&3 | wc -c'`,
    );
    const ran = await lab.apply(changed({ federation: 'off' }));
    expect(ran.code, ran.output).toBe(0);
    expect((await fromWeb('curl --silent --insecure --max-time 5 https://peer.lab.test/')).code).not.toBe(0);
    expect((await fromWeb('curl -6 --silent --insecure --max-time 5 https://peer.lab.test/')).code).not.toBe(
      0,
    );
    expect(
      (await fromWeb(`curl --silent --output /dev/null --max-time 5 https://${facts.media.endpoint}/`)).code,
    ).toBe(0);
    expect((await open).stdout.trim()).toBe('0');
    expect(await lab.must('nft list counter inet social_coop egress_refused')).not.toContain('packets 0 ');
  });

  it('that is off shuts storage out as well when nobody renews the addresses: it fails closed', async () => {
    await lab.must('nft flush set inet social_coop egress4; nft flush set inet social_coop egress6');
    expect((await fromWeb(`curl --silent --max-time 5 https://${facts.media.endpoint}/`)).code).not.toBe(0);
    await lab.must('systemctl start egress-refresh.service');
    expect(
      (await fromWeb(`curl --silent --output /dev/null --max-time 5 https://${facts.media.endpoint}/`)).code,
    ).toBe(0);
    expect(await lab.must('nft list set inet social_coop egress4')).toMatch(/timeout 1h expires 59m/);
  });
});
