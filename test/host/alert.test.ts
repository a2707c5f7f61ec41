import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer, type SMTPServerAuthentication } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertFiles } from '../../components/host/alerts.ts';
import { checkout } from '../../scripts/lib/paths.ts';
import { facts } from '../fixtures/facts.ts';

const lib = join(checkout, 'host/opt/social.coop/libexec/lib');

const failed = {
  kind: 'failed',
  unit: 'backup-incr.service',
  description: 'Backup of the database',
  how: 'ended with code 1',
  since: '2026-11-23T04:15:00Z',
  now: '2026-11-23T04:27:00Z',
  worked: '2026-11-23T03:15:00Z',
  advice: 'sudo instance logs backup-incr --lines 30',
  runbook: 'database',
  said: ['no backup in repository 1 <see> & above'],
  problems: [],
  id: '1-2',
  domain: 'social.coop',
  stack: 'prod',
  machine: 'prod-primary',
  address: '203.0.113.10',
  from: 'notifications@social.coop',
  to: 'ops@example.org',
};

function written(filter: string, change: object = {}): string {
  const { stdout, stderr } = spawnSync('jq', ['--raw-output', '-L', lib, `include "alert"; ${filter}`], {
    input: JSON.stringify({ ...failed, ...change }),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

describe('what people read', () => {
  it('says what broke, since when, when it last worked, what to run, and which runbook goes on', () => {
    expect(written('text').trim().split('\n')).toEqual([
      'social.coop: backup-incr has failed',
      '',
      'what      Backup of the database (backup-incr.service)',
      'where     prod-primary, stack prod, 203.0.113.10',
      'how       ended with code 1',
      'said      no backup in repository 1 <see> & above',
      'since     2026-11-23 04:15 UTC, for 12 min',
      'worked    last at 2026-11-23 03:15 UTC',
      'do        sudo instance logs backup-incr --lines 30',
      'then      sudo instance runbook database',
    ]);
  });

  it('says that it never worked, that it is still broken, and that it works again', () => {
    expect(written('text', { worked: null })).toContain('worked    never, as far as is known');
    expect(written('headline', { kind: 'again' })).toBe('social.coop: backup-incr has failed, still\n');
    const mended = written('text', { kind: 'works' });
    expect(mended).toContain('social.coop: backup-incr works again');
    expect(mended).toContain('broken    from 2026-11-23 04:15 UTC to 2026-11-23 04:27 UTC, for 12 min');
    expect(mended).not.toMatch(/^(do|then|how)/m);
  });

  it('names everything the watch finds by the words of the runbook', () => {
    const problems = [
      { about: 'site', text: 'nginx answers 502' },
      { about: 'jobs', text: 'image-archive will not run' },
    ];
    const text = written('text', { unit: 'watch.service', problems, runbook: 'site-down' });
    expect(text).toContain('social.coop: 2 things are broken');
    const blind = written('text', { unit: 'watch.service' });
    expect(blind).toContain('social.coop: watch has failed');
    expect(blind).toContain('said      no backup in repository 1');
    expect(text).toContain('broken    site: nginx answers 502\nbroken    jobs: image-archive will not run');
  });

  it('is text and HTML under the names that Hookshot shows in a room', () => {
    const posted = JSON.parse(written('webhook'));
    expect(posted).toMatchObject({ kind: 'failed', unit: 'backup-incr.service', stack: 'prod' });
    expect(posted.text).toBe(written('text').trim());
    expect(posted.html).toContain('<b>social.coop: backup-incr has failed</b>');
    expect(posted.html).toContain('1 &lt;see&gt; &amp; above');
    expect(posted.html).toContain('<code>sudo instance runbook database</code>');
  });

  it('is a mail that nobody’s holiday notice answers', () => {
    const [head = '', body = ''] = written('mail').split(/\n\n(.*)/s);
    expect(head).toMatch(/^From: notifications@social\.coop\nTo: ops@example\.org$/m);
    expect(head).toMatch(/^Subject: social\.coop: backup-incr has failed$/m);
    expect(head).toMatch(/^Date: Mon, 23 Nov 2026 04:27:00 \+0000$/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(body).toContain('social.coop: backup-incr has failed\n\nwhat');
  });
});

describe('telling', () => {
  let root: string;
  let server: Server;
  let answer: number;
  const posts: { path: string; text: string; kind: string }[] = [];

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'coop-alert-'));
    answer = 200;
    posts.length = 0;
    server = createServer(async (request, response) => {
      const body = JSON.parse((await request.toArray()).join(''));
      if (answer === 200) posts.push({ path: request.url ?? '', ...body });
      response.writeHead(answer).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    for (const directory of ['bin', 'state/jobs', 'state/alerts', 'state/applied', 'run', 'ways'])
      mkdirSync(join(root, directory), { recursive: true });
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      join(root, 'ways/webhook.curl'),
      `silent\nshow-error\nfail\nurl = "http://127.0.0.1:${port}/hooks/secret-path"\n`,
    );
    // What systemd says of a unit is what lies in a file.
    writeFileSync(join(root, 'bin/systemctl'), `#!/bin/bash\ncat '${root}/unit'\n`);
    writeFileSync(join(root, 'bin/journalctl'), '#!/bin/bash\necho "   it said this"\n');
    for (const name of ['systemctl', 'journalctl']) chmodSync(join(root, 'bin', name), 0o755);
    writeFileSync(join(root, 'state/applied/MANIFEST'), 'x 0644 0 0 /etc/systemd/system/night.service\n');
    unit('failed', 'exit-code');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
    rmSync(root, { recursive: true, force: true });
  });

  const unit = (active: string, result: string) =>
    writeFileSync(
      join(root, 'unit'),
      `LoadState=loaded\nActiveState=${active}\nResult=${result}\nDescription=A job\nExecMainStatus=3\nDocumentation=file:///opt/social.coop/runbooks/database.txt\nFragmentPath=/etc/systemd/system/night.service\n`,
    );

  async function shell(line: string): Promise<{ code: number; output: string }> {
    const environment = {
      DOMAIN: 'social.coop',
      STACK: 'prod',
      MACHINE: 'prod-primary',
      ADDRESS: '203.0.113.10',
      ALERT_AGAIN_HOURS: '6',
      ALERT_MAIL: '',
      ALERT_FROM: 'us@social.coop',
    };
    const set = `set -euo pipefail; lib=${lib}; . ${lib}/common.sh; state=${root}/state run=${root}/run; . ${lib}/alert.sh; ways=${root}/ways`;
    const env = { PATH: `${root}/bin:${process.env.PATH}`, ...environment };
    return promisify(execFile)('bash', ['-c', `${set}; ${line}`], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
    );
  }
  const record = join('state/alerts/night.service.json');
  const change = (edit: (record: { since: number; told: { webhook: number } }) => void) => {
    const value = JSON.parse(readFileSync(join(root, record), 'utf8'));
    edit(value);
    writeFileSync(join(root, record), JSON.stringify(value));
  };

  it('happens once, again after the hours of the configuration, and once more when it works', async () => {
    expect(await shell('raise night.service')).toMatchObject({ code: 0 });
    expect(await shell('raise night.service')).toMatchObject({ code: 0 });
    expect(posts.map(({ kind }) => kind)).toEqual(['failed']);
    expect(posts[0]?.text).toContain('how       ended with code 3\nsaid      it said this\n');
    expect(posts[0]?.text).toContain('then      sudo instance runbook database');
    change((value) => {
      value.told.webhook -= 6 * 3600;
      value.since -= 6 * 3600;
    });
    await shell('raise night.service');
    expect(posts.map(({ kind }) => kind)).toEqual(['failed', 'again']);
    expect(posts[1]?.text).toMatch(/, for 6 h$/m);
    await shell('recovered night.service');
    expect(posts.map(({ kind }) => kind)).toEqual(['failed', 'again', 'works']);
    expect(existsSync(join(root, record))).toBe(false);
  });

  it('is tried again when nobody took it, and shows no address', async () => {
    answer = 503;
    const { code, output } = await shell('raise night.service');
    expect(code).not.toBe(0);
    expect(output).toContain('503');
    expect(output).toContain('could not tell of night.service by webhook');
    expect(output).not.toContain('secret-path');
    answer = 200;
    expect(await shell('raise night.service')).toMatchObject({ code: 0 });
    expect(posts.map(({ kind }) => kind)).toEqual(['failed']);
    answer = 503;
    expect((await shell('recovered night.service')).code).not.toBe(0);
    expect(existsSync(join(root, record))).toBe(true);
  });

  it('happens once also when the disk takes nothing, and is noted when it does again', async () => {
    // As little as on a full disk can be written there.
    rmSync(join(root, 'state/alerts'), { recursive: true });
    writeFileSync(join(root, 'state/alerts'), '');
    const told = await shell('raise night.service && raise night.service');
    expect(told).toMatchObject({ code: 0 });
    expect(posts.map(({ kind }) => kind)).toEqual(['failed']);
    rmSync(join(root, 'state/alerts'));
    mkdirSync(join(root, 'state/alerts'));
    await shell("keep night.service '.since -= 1'");
    expect(existsSync(join(root, record))).toBe(true);
    await shell('raise night.service; recovered night.service');
    expect(posts.map(({ kind }) => kind)).toEqual(['failed', 'works']);
    expect(existsSync(join(root, record))).toBe(false);
  });

  it('of the watch happens at once for another thing that is broken', async () => {
    const red = (...words: string[]) =>
      writeFileSync(
        join(root, 'run/watch.red'),
        JSON.stringify(words.map((about) => ({ level: 'red', about, text: 'x' }))),
      );
    red('disk');
    await shell('raise watch.service; raise watch.service');
    red('disk', 'site');
    await shell('raise watch.service; raise watch.service');
    red('site');
    await shell('raise watch.service');
    expect(posts.map(({ text }) => text.split('\n')[0])).toEqual([
      'social.coop: 1 thing is broken',
      'social.coop: 2 things are broken',
    ]);
  });

  it('takes for well what runs or has ended well, not what is only tried again', async () => {
    const again = async () => (await shell('works_again night.service')).code === 0;
    await shell('raise night.service');
    expect(await again()).toBe(false);
    unit('activating', 'success');
    expect(await again()).toBe(false);
    unit('inactive', 'exit-code');
    expect(await again()).toBe(false);
    unit('active', 'success');
    expect(await again()).toBe(true);
  });

  it('by mail logs in with the password that the configuration has, whatever is in it', async () => {
    const smtpPassword = 'a:b@c/d "e" \\ #f;g%h';
    const taken: { to: string[]; text: string }[] = [];
    let login: Pick<SMTPServerAuthentication, 'username' | 'password'> | undefined;
    const relay = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => {
        login = auth;
        done(null, { user: auth.username });
      },
      onData: (stream, { envelope }, done) => {
        stream.toArray().then((parts) => {
          const to = envelope.rcptTo.map(({ address }) => address);
          taken.push({ to, text: parts.join('') });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const { port } = relay.server.address() as AddressInfo;
    const given = facts();
    const { secrets } = given.config;
    const mail = { host: '127.0.0.1', port, user: 'us@relay', from: 'Us <us@social.coop>' };
    const config = { ...given.config, secrets: { ...secrets, smtpPassword } };
    const alerts = { mail: 'ops@example.org', againHours: 6 };
    const files = alertFiles({
      ...given,
      config: { ...config, alerts, mail: { ...mail, encryption: 'opportunistic' } },
    });
    writeFileSync(
      join(root, 'ways/mail.curl'),
      files.find(({ name }) => name === 'mail.curl')?.content ?? '',
    );
    rmSync(join(root, 'ways/webhook.curl'));
    const { code, output } = await shell('raise night.service');
    await promisify(relay.close.bind(relay) as (done: (error?: Error) => void) => void)();
    expect(output).toContain('told of night.service by mail');
    expect(code).toBe(0);
    expect(login).toMatchObject({ username: 'us@relay', password: smtpPassword });
    expect(taken).toMatchObject([
      {
        to: ['ops@example.org'],
        text: expect.stringMatching(/^Subject: social\.coop: night has failed\r$/m),
      },
    ]);
  });
});
