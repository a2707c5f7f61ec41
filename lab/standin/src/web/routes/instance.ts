import { one } from '../../core/db.ts';
import { IMAGE_LIMIT, VIDEO_LIMIT } from '../../model/media-type.ts';
import { readSetting, registrationsMode } from '../../model/settings.ts';
import type { Context } from '../context.ts';
import { NOTICE } from '../pages.ts';
import { route } from '../router.ts';

const DESCRIPTION = `${NOTICE} Its accounts, statuses and media are test data.`;
const MIME_TYPES = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/heic',
  'image/webp',
  'image/avif',
  'video/webm',
  'video/mp4',
  'video/quicktime',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/flac',
  'audio/mp4',
];

function configuration(context: Context): object {
  const { env } = context.app;
  return {
    urls: { streaming: `wss://${env.webDomain}` },
    vapid: { public_key: env.vapid.publicKey },
    accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
    statuses: {
      max_characters: env.maxCharacters,
      max_media_attachments: 4,
      characters_reserved_per_url: 23,
    },
    media_attachments: {
      supported_mime_types: MIME_TYPES,
      image_size_limit: IMAGE_LIMIT,
      video_size_limit: VIDEO_LIMIT,
      image_matrix_limit: 33_177_600,
      video_frame_rate_limit: 120,
      video_matrix_limit: 8_294_400,
      description_limit: 1500,
    },
    translation: { enabled: false },
  };
}

const title = (context: Context): Promise<string> =>
  readSetting(context.app.db, context.app.env, 'site_title', 'Mastodon stand-in');

async function showV1(context: Context): Promise<void> {
  const { app } = context;
  const counts = await one(
    app.db,
    `SELECT (SELECT count(*) FROM users WHERE confirmed_at IS NOT NULL) AS users,
      (SELECT count(*) FROM statuses WHERE local AND deleted_at IS NULL) AS statuses,
      (SELECT count(DISTINCT domain) FROM accounts WHERE domain IS NOT NULL) AS domains`,
  );
  const mode = await registrationsMode(app.db, app.env);
  context.json({
    uri: app.env.localDomain,
    title: await title(context),
    short_description: DESCRIPTION,
    description: DESCRIPTION,
    email: await readSetting(app.db, app.env, 'site_contact_email', ''),
    version: app.env.version.full,
    stand_in: true,
    urls: { streaming_api: `wss://${app.env.webDomain}` },
    stats: {
      user_count: Number(counts?.users),
      status_count: Number(counts?.statuses),
      domain_count: Number(counts?.domains),
    },
    thumbnail: null,
    languages: ['en'],
    registrations: mode !== 'none',
    approval_required: mode === 'approved',
    invites_enabled: false,
    configuration: configuration(context),
    contact_account: null,
    rules: [],
  });
}

async function showV2(context: Context): Promise<void> {
  const { app } = context;
  const mode = await registrationsMode(app.db, app.env);
  context.json({
    domain: app.env.localDomain,
    title: await title(context),
    version: app.env.version.full,
    stand_in: true,
    source_url: 'https://github.com/mastodon/mastodon',
    description: DESCRIPTION,
    usage: { users: { active_month: 0 } },
    thumbnail: { url: `${app.origin}/packs/preview-2c6f8e10.svg` },
    languages: ['en'],
    configuration: configuration(context),
    registrations: {
      enabled: mode !== 'none',
      approval_required: mode === 'approved',
      message: null,
      url: null,
    },
    contact: { email: await readSetting(app.db, app.env, 'site_contact_email', ''), account: null },
    rules: [],
    api_versions: { mastodon: 6 },
  });
}

export const instanceRoutes = [
  route('GET', '/api/v1/instance', showV1),
  route('GET', '/api/v2/instance', showV2),
  route('GET', '/api/v1/instance/peers', async (context) => {
    const { rows } = await context.app.db.query(
      'SELECT DISTINCT domain FROM accounts WHERE domain IS NOT NULL ORDER BY 1',
    );
    context.json(rows.map((row: { domain: string }) => row.domain));
  }),
];
