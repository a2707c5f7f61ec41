import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Storage } from './storage.ts';

/** public/system, as Mastodon without S3. */
export function localStorage(webDomain: string): Storage {
  const root = process.env.PAPERCLIP_ROOT_PATH || join(process.cwd(), 'public/system');
  return {
    async put(key, file) {
      const target = join(root, key);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(file, target);
    },
    async remove(keys) {
      for (const key of keys) await rm(join(root, key), { force: true });
    },
    async *list(prefix) {
      const names = await readdir(join(root, prefix), { recursive: true }).catch(() => []);
      for (const name of names) {
        const facts = await stat(join(root, prefix, name));
        if (facts.isFile()) yield { key: join(prefix, name), size: facts.size, modified: facts.mtime };
      }
    },
    url: (key) => `https://${webDomain}/system/${key}`,
  };
}
