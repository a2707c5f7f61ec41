import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check, VerifyBed } from './verify-bed.ts';

interface Fault {
  breaks: string;
  mends: string;
  /** What each check says that is there for it. */
  caught: Record<string, RegExp>;
}

const secrets = '/etc/social.coop/app/secrets.env';

/** Three mornings: what can be broken at the same time is. */
const spoiled: Record<string, Fault>[] = [
  {
    'one row lost': {
      breaks:
        'CREATE TABLE kept_row AS SELECT * FROM mentions ORDER BY id LIMIT 1; DELETE FROM mentions WHERE id IN (SELECT id FROM kept_row)',
      mends: 'INSERT INTO mentions SELECT * FROM kept_row; DROP TABLE kept_row',
      caught: { counts: /rows: .*public\.mentions 19 instead of 20/ },
    },
    'an older schema': {
      breaks:
        'CREATE TABLE kept_version AS SELECT max(version) AS version FROM schema_migrations; DELETE FROM schema_migrations WHERE version IN (SELECT version FROM kept_version)',
      mends: 'INSERT INTO schema_migrations SELECT version FROM kept_version; DROP TABLE kept_version',
      caught: { migrations: /older than mastodon 4\.5\.20: \d{14} did not run/ },
    },
    'a function missing': {
      breaks: `CREATE TABLE kept_function AS SELECT pg_get_functiondef('timestamp_id(text)'::regprocedure) AS made; DROP FUNCTION timestamp_id(text) CASCADE`,
      mends: `SELECT made FROM kept_function \\gexec
        SELECT format('ALTER TABLE %1$I ALTER id SET DEFAULT timestamp_id(%1$L)', name) FROM unnest(ARRAY['accounts', 'statuses', 'media_attachments']) name \\gexec
        DROP TABLE kept_function`,
      caught: {
        functions: /function timestamp_id,default of accounts\.id/,
        insert: /null value in column "id"/,
      },
    },
    'a key pair whose halves do not fit': {
      breaks: `CREATE TABLE kept_key AS SELECT id, public_key FROM accounts WHERE username = 'ben'; UPDATE accounts SET public_key = (SELECT public_key FROM accounts WHERE username = 'ana') WHERE username = 'ben'`,
      mends:
        'UPDATE accounts SET public_key = kept_key.public_key FROM kept_key WHERE kept_key.id = accounts.id; DROP TABLE kept_key',
      caught: { 'key-pair': /^accounts \d+: its public key does not verify/ },
    },
    'no admin who may log in': {
      breaks: 'UPDATE users SET disabled = true',
      mends: 'UPDATE users SET disabled = false',
      caught: { admin: /^none of 1 admin/ },
    },
  },
  {
    'another row in the place of one': {
      breaks: `UPDATE statuses SET text = 'x' || text WHERE id = (SELECT min(id) FROM statuses)`,
      mends: 'UPDATE statuses SET text = substr(text, 2) WHERE id = (SELECT min(id) FROM statuses)',
      caught: { counts: /other content: .*public\.statuses/ },
    },
    'a newer schema': {
      breaks: `INSERT INTO schema_migrations VALUES ('20991231000000')`,
      mends: `DELETE FROM schema_migrations WHERE version = '20991231000000'`,
      caught: {
        migrations: /newer than mastodon 4\.5\.20, whose newest migration is \d{14}: 20991231000000/,
      },
    },
    'a sequence missing': {
      breaks: 'ALTER SEQUENCE statuses_id_seq RENAME TO gone',
      mends: 'ALTER SEQUENCE gone RENAME TO statuses_id_seq',
      caught: { functions: /sequence statuses_id_seq$/, insert: /"statuses_id_seq" does not exist/ },
    },
    'an admin’s password that cannot be compared': {
      breaks: `UPDATE users SET encrypted_password = 'x' || encrypted_password`,
      mends: 'UPDATE users SET encrypted_password = substr(encrypted_password, 2)',
      caught: { admin: /password hash of user \d+ cannot be read/ },
    },
    'other keys than the source had': {
      // In place: containers hold on to the file they were given.
      breaks: `\\! cp -p ${secrets} /root/kept; sed "s/^ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY=.*/ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY='another'/" /root/kept >${secrets}`,
      mends: `\\! cat /root/kept >${secrets}`,
      caught: { 'encrypted-column': /users\.otp_secret of row \d+ cannot be decrypted/ },
    },
    'a table missing that the app writes to': {
      breaks: 'ALTER TABLE session_activations RENAME TO gone_sessions',
      mends: 'ALTER TABLE gone_sessions RENAME TO session_activations',
      caught: { 'newest-row': /newest row of the app cannot be found/ },
    },
    'an index that lacks a row': {
      breaks: `UPDATE pg_index SET indisready = false WHERE indexrelid = 'preview_cards_url_key'::regclass; INSERT INTO preview_cards (url) VALUES ('https://social.coop'); UPDATE pg_index SET indisready = true WHERE indexrelid = 'preview_cards_url_key'::regclass`,
      mends: 'DELETE FROM preview_cards; REINDEX INDEX preview_cards_url_key',
      caught: { amcheck: /preview_cards_url_key.*lacks matching index tuple/ },
    },
  },
  {
    'a table missing': {
      breaks: 'ALTER TABLE mentions RENAME TO gone',
      mends: 'ALTER TABLE gone RENAME TO mentions',
      caught: { counts: /^missing: public\.mentions$/, functions: /lacks table mentions$/ },
    },
  },
];

/** Sees what a restored copy may lack, each by the checks that are there for it; and that all is well again after. */
export function describeSpoiled(given: () => VerifyBed): void {
  describe.each(spoiled)('that came with', (faults) => {
    const all = Object.values(faults);
    const names = [...new Set(all.flatMap(({ caught }) => Object.keys(caught)))];
    let found: Record<string, Check>;
    /** Those that begin with \! are for the machine's shell. */
    const run = (line: string) =>
      line.startsWith('\\!') ? given().lab.must(line.slice(3)) : given().sql(line);

    beforeAll(async () => {
      for (const { breaks } of all) await run(breaks);
      found = await given().checks(...names);
    });
    afterAll(async () => {
      for (const { mends } of all) await run(mends);
      const after = await given().checks(...names);
      expect(Object.values(after).filter(({ status }) => status !== 'passed')).toEqual([]);
    });

    it.each(Object.entries(faults))('%s is caught', (_, { caught }) => {
      for (const [name, words] of Object.entries(caught))
        expect(found[name]).toMatchObject({ status: 'failed', reason: expect.stringMatching(words) });
    });
  });
}
