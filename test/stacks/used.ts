import { labFetch } from '../../lab/client.ts';
import { Member } from '../../lab/member.ts';
import { picture } from '../../lab/picture.ts';
import { confirmationLink } from '../../lab/services/mail-client.ts';
import type { Stack } from './stacks.ts';

/** What a stack has that is in use: somebody who runs it, a member's picture, and what nightly jobs leave for a copy to compare. */
export async function use(stack: Stack): Promise<void> {
  const name = `steward_${Date.now()}`;
  const owner = [name, '--email', `${name}@example.org`, '--confirmed', '--role', 'Owner'];
  await stack.tootctl('accounts', 'create', ...owner);
  await stack.tootctl('settings', 'registrations', 'open');
  const member = await Member.register(stack.site, labFetch, confirmationLink);
  const media = await member.upload(picture(), 'picture.png', 'image/png');
  await member.publish('a picture to copy', { media_ids: [media.id] });
  await stack.onMachine('systemctl start manifest.service media-sample.service');
}

/** Everything written so far is in the bucket: what is not archived yet is in no copy. When that was, by the machine's own clock. */
export async function archived(stack: Stack): Promise<string> {
  const { stdout } = await stack.onMachine(
    `set -e; now=$(date --utc +%FT%T.%3NZ); wal=$(instance psql -Atqc 'select pg_walfile_name(pg_switch_wal())')
    for i in $(seq 160); do [ "$(instance psql -Atqc "select last_archived_wal >= '$wal' from pg_stat_archiver")" = t ] && { echo "$now"; exit 0; }; sleep 0.5; done
    exit 1`,
  );
  return stdout.trim();
}
