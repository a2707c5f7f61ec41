import type { MediaColumn } from './types.ts';

/**
 * Every file that a row can have: `has_attached_file` in https://github.com/mastodon/mastodon/tree/main/app/models, below
 * config/initializers/paperclip.rb's `:class/:attachment`.
 */
export const mastodonMedia: MediaColumn[] = [
  { table: 'accounts', attachment: 'avatar', path: 'accounts/avatars', ours: 'domain IS NULL' },
  { table: 'accounts', attachment: 'header', path: 'accounts/headers', ours: 'domain IS NULL' },
  {
    table: 'media_attachments',
    attachment: 'file',
    path: 'media_attachments/files',
    ours: "remote_url = ''",
  },
  {
    table: 'media_attachments',
    attachment: 'thumbnail',
    path: 'media_attachments/thumbnails',
    ours: "remote_url = ''",
  },
  { table: 'custom_emojis', attachment: 'image', path: 'custom_emojis/images', ours: 'domain IS NULL' },
  { table: 'preview_cards', attachment: 'image', path: 'preview_cards/images', ours: 'false' },
  { table: 'site_uploads', attachment: 'file', path: 'site_uploads/files', ours: 'true' },
  { table: 'imports', attachment: 'data', path: 'imports/data', ours: 'true' },
  { table: 'backups', attachment: 'dump', path: 'backups/dumps', ours: 'true' },
];
