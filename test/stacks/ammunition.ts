import { labFetch } from '../../lab/client.ts';
import { type Fetch, Member, type Status } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { services } from '../../lab/services/addresses.ts';
import { confirmationLink, mailConnections, mails } from '../../lab/services/mail-client.ts';
import { deliveries, peerCounts } from '../../lab/services/peer-client.ts';
import { objectsOf } from './buckets.ts';
import type { Stack } from './stacks.ts';

const { peer, mail } = services;
const worker = 'instance-sidekiq-default-q-1';

/** Runs a script on a machine; nothing in it needs to be quoted. */
const script = async (stack: Stack, text: string) =>
  (await stack.onMachine(`set -euo pipefail\n${text}`)).stdout;

const redis = String.raw`redis() { docker exec instance-redis-1 sh -c 'export REDISCLI_AUTH="$(sed -n "s/^requirepass \"\(.*\)\"$/\1/p" /etc/redis/redis.conf)"; exec redis-cli "$@"' sh "$@"; }`;
const psql = (query: string) =>
  `docker exec instance-db-1 psql -U postgres -d mastodon_production -v ON_ERROR_STOP=1 -qAtc "${query}"`;

/** As the app's own clock would queue it. */
const queued = (name: string) =>
  `redis LPUSH queue:scheduler '${JSON.stringify({
    ...{ retry: 0, queue: 'scheduler', class: `Scheduler::${name}`, args: [] },
    ...{ jid: name.padEnd(24, '0').slice(0, 24), created_at: Date.now(), enqueued_at: Date.now() },
  })}' >/dev/null`;

/** A copy answers on the loopback of its own machine alone. */
const fetchOn =
  (copy: Stack): Fetch =>
  async (url, { method = 'GET', headers = {}, body = '' } = {}) => {
    const { pathname } = new URL(url);
    const named = { ...headers, host: copy.domain, 'x-forwarded-proto': 'https' };
    const { stdout } = await copy.onMachine(
      `base64 -d <<<'${Buffer.from(String(body)).toString('base64')}' | curl -s -X ${method} -w '\\n%{http_code}' ${Object.entries(
        named,
      )
        .map(([name, value]) => `-H '${name}: ${value}'`)
        .join(' ')} --data-binary @- http://127.0.0.1:3000${pathname}`,
    );
    const [, text = '', status] = /([{[][\s\S]*)\n(\d+)\s*$/.exec(stdout) ?? [];
    const answer = { status: Number(status), headers: new Headers(), text: async () => text };
    return { ...answer, arrayBuffer: async () => new TextEncoder().encode(text).buffer };
  };

/** What a copy of real data would do to the world by itself: all of it pending on its source when it is made. */
export class Ammunition {
  private readonly source: Stack;
  private through: Fetch = labFetch;
  private member!: Member;
  private old!: Status;
  private unattached = '';
  private fromCopy?: Status;
  private readonly due = `due by now, at ${Date.now()}`;
  private readonly applicant = `applicant_${Date.now()}`;

  constructor(source: Stack) {
    this.source = source;
  }

  /** On the source, whose scheduler and mailer stand still, and whose federation is off: nothing of it goes off there. */
  async load(): Promise<void> {
    const { source } = this;
    await source.tootctl('settings', 'registrations', 'open');
    this.member = await Member.register(source.site, (...asked) => this.through(...asked), confirmationLink);
    const { member } = this;
    await script(source, 'docker stop --time 1 instance-sidekiq-scheduler-1 instance-sidekiq-1 >/dev/null');
    await source.tootctl('settings', 'registrations', 'approved');
    const me = `(select id from accounts where username = '${member.name}' and domain is null)`;
    const follower = `https://${peer.host}/users/witness`;
    await script(
      source,
      [
        psql(
          `insert into accounts (username, domain, uri, inbox_url, shared_inbox_url) values ('witness', '${peer.host}', '${follower}', '${follower}/inbox', 'https://${peer.host}/inbox') on conflict do nothing`,
        ),
        psql(
          `insert into follows (account_id, target_account_id) select id, ${me} from accounts where domain = '${peer.host}' and username = 'witness'`,
        ),
      ].join('\n'),
    );
    // A post to publish, a post to delete, a file to remove, a delivery that was refused and is to be tried again, a mail.
    await member.publish(this.due, { scheduled_at: new Date(Date.now() + 6 * 60_000).toISOString() });
    this.old = await member.publish('old enough to go');
    this.unattached = (await member.upload(picture(), 'unattached.png', 'image/png')).id;
    await Member.signUp(source.site, labFetch, `${this.applicant}_there`);
    await script(
      source,
      [
        psql(
          `update scheduled_statuses set scheduled_at = now() - interval '1 minute' where account_id = ${me}`,
        ),
        psql(`update statuses set created_at = now() - interval '30 days' where id = ${this.old.id}`),
        psql(
          `insert into account_statuses_cleanup_policies (account_id, min_status_age) values (${me}, 604800)`,
        ),
        psql(
          `update media_attachments set created_at = now() - interval '2 days' where id = ${this.unattached}`,
        ),
      ].join('\n'),
    );
  }

  /** How many jobs wait in a stack's queues. */
  async waiting(stack: Stack): Promise<Record<string, number>> {
    const said = await script(
      stack,
      `${redis}\nfor queue in push mailers scheduler; do echo "$queue $(redis LLEN "queue:$queue")"; done\necho "retry $(redis ZCARD retry)"`,
    );
    return Object.fromEntries(
      [...said.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)]),
    );
  }

  /** On the copy: a member posts, somebody signs up, and the clock strikes. */
  async arm(copy: Stack): Promise<void> {
    this.through = fetchOn(copy);
    this.fromCopy = await this.member.publish('from the copy');
    await Member.signUp(copy.site, this.through, this.applicant);
    await this.strike(copy);
  }

  private strike(copy: Stack): Promise<string> {
    const clock = ['ScheduledStatusesScheduler', 'AccountsStatusesCleanupScheduler', 'VacuumScheduler'];
    return script(copy, [redis, ...clock.map(queued)].join('\n'));
  }

  /** Somebody works every queue of the copy, on a network with a way out; with these variables beside the copy's own. */
  async work(copy: Stack, environment: Record<string, string> = {}): Promise<void> {
    const set = Object.entries({ MASTODON_SIDEKIQ_READY_FILENAME: '', ...environment })
      .map(([name, value]) => `${name}="${value}"`)
      .join(' ');
    const queues = ['scheduler', 'push', 'pull', 'mailers', 'default'].map((name) => `-q ${name}`).join(' ');
    const ask = (form: string) => `$(docker inspect --format '${form}' ${worker})`;
    const hosts = [peer, mail].map(({ host, v4 }) => `--add-host ${host}:${v4}`).join(' ');
    await script(
      copy,
      `docker network inspect loose >/dev/null 2>&1 || docker network create loose >/dev/null
docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' ${worker} | sed '/^$/d' >/run/loose.env
docker create --name loose --network loose --volumes-from ${worker} --env-file /run/loose.env --workdir "${ask('{{.Config.WorkingDir}}')}" \
  ${ask('{{range .HostConfig.ExtraHosts}}--add-host {{.}} {{end}}')} ${hosts} "${ask('{{.Image}}')}" \
  sh -c 'set -a; . ./.env.production; set +a; export ${set}; exec bundle exec sidekiq -c 5 ${queues}' >/dev/null
docker network connect coop-int loose
docker start loose >/dev/null`,
    );
  }

  async stopWork(copy: Stack): Promise<void> {
    await script(copy, 'docker stop --time 60 loose >/dev/null; docker rm loose >/dev/null');
  }

  /** The last that worker said. */
  log = (copy: Stack): Promise<string> => script(copy, 'docker logs --tail 40 loose 2>&1');

  /** What that worker tried in vain, by class of job. */
  async failures(copy: Stack): Promise<string[]> {
    const said = await script(copy, 'docker logs loose 2>&1');
    return [...new Set([...said.matchAll(/class=(\S+) .* fail /g)].map(([, name = '']) => name))].sort();
  }

  /** What was refused is tried again at once. */
  async again(copy: Stack): Promise<void> {
    const script_ = `for _, job in ipairs(redis.call('zrange', 'retry', 0, -1)) do redis.call('zadd', 'retry', 0, job) end`;
    await script(copy, `${redis}\nredis EVAL "${script_}" 0 >/dev/null`);
    await this.strike(copy);
  }

  /** The key that the source itself writes to its bucket with, by the names the app reads. */
  async sourceKey(): Promise<Record<string, string>> {
    const said = await script(this.source, 'docker exec instance-web-1 cat .env.production');
    return Object.fromEntries(
      [...said.matchAll(/^(AWS_\w+)='?([^'\n]+)/gm)].map(([, name = '', value = '']) => [name, value]),
    );
  }

  /** Everything that came: activities by kind, mails to the staff, and files that are gone from the bucket. */
  async arrived(bucket: { region: string; name: string }): Promise<Record<string, boolean>> {
    const came = (await deliveries()).map(({ activity }) => activity);
    const posted = came.filter((activity) => activity?.type === 'Create').map((activity) => activity?.object);
    const folder = this.unattached.padStart(18, '0').match(/\d{3}/g)?.join('/') ?? '';
    const gone = (await objectsOf(bucket)).filter(({ etag }) => etag === 'deleted').map(({ key }) => key);
    return {
      'scheduled post': posted.some((note) => String(note?.content).includes(this.due)),
      'federated deletion': came.some(
        (activity) => activity?.type === 'Delete' && activity.object?.id === this.old.uri,
      ),
      'file vacuumed': gone.some((key) => key.includes(`/${folder}/`)),
      'mail to the staff': mails().some(({ subject }) => subject.endsWith(`(${this.applicant})`)),
      'queued delivery': posted.some((note) => note?.id === this.fromCopy?.uri),
    };
  }

  /** Connections that the witnesses saw, of whatever kind. */
  async seen(): Promise<number[]> {
    return [(await peerCounts()).connections, mailConnections()];
  }

  /** The source is as any other again. */
  async unload(): Promise<void> {
    const me = `(select id from accounts where username = '${this.member?.name}' and domain is null)`;
    await script(
      this.source,
      [
        psql(`delete from account_statuses_cleanup_policies where account_id = ${me}`),
        psql(`delete from scheduled_statuses where account_id = ${me}`),
        psql(`delete from media_attachments where id = ${this.unattached || 0}`),
        psql(`delete from accounts where domain = '${peer.host}' and username = 'witness'`),
        'docker start instance-sidekiq-scheduler-1 instance-sidekiq-1 >/dev/null',
      ].join('\n'),
    );
    await this.source.tootctl('settings', 'registrations', 'open');
  }
}
