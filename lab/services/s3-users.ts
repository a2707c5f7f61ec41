import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { paths } from '../paths.ts';
import { ensureGateway, regionSocket, rootKeys } from './s3.ts';
import { S3Error } from './s3-sdk.ts';
import { type Credentials, signedHeaders } from './sigv4.ts';

/** Users are shared by all regions' gateways: any of them does. */
const region = 'fra1';

/** versitygw's admin API, called directly: its command line would show the secret in the process list. */
async function admin(path: string, query: string, body: string): Promise<void> {
  await ensureGateway(region);
  const host = 'admin.lab.test';
  const headers = signedHeaders({ method: 'PATCH', host, path, query, body, region }, rootKeys());
  const socketPath = regionSocket(region);
  await new Promise<void>((resolve, reject) => {
    const target = query ? `${path}?${query}` : path;
    const req = request({ socketPath, method: 'PATCH', path: target, headers, agent: false }, async (res) => {
      const text = (await res.toArray()).join('');
      if ((res.statusCode ?? 500) < 300) return resolve();
      const part = (tag: string) => text.match(new RegExp(`<${tag}>(.*?)</${tag}>`))?.[1] ?? '';
      reject(new S3Error(part('Code'), res.statusCode ?? 500, `${path}: ${part('Message')}`));
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Creates a key that may do nothing until a bucket grants it something. */
export async function createUser({ accessKey, secretKey }: Credentials): Promise<void> {
  const fields = { Access: accessKey, Secret: secretKey, Role: 'user', UserID: 0, GroupID: 0, ProjectID: 0 };
  const xml = Object.entries(fields).map(([tag, value]) => `<${tag}>${value}</${tag}>`);
  await admin('/create-user', '', `<Account>${xml.join('')}</Account>`);
}

/** Deletes a key; buckets that still name it must be regranted by the caller. */
export async function deleteUser(accessKey: string): Promise<void> {
  await admin('/delete-user', `access=${encodeURIComponent(accessKey)}`, '');
}

export async function userExists(accessKey: string): Promise<boolean> {
  const file = join(paths.s3, 'iam', 'users.json');
  return existsSync(file) && accessKey in (JSON.parse(readFileSync(file, 'utf8')).accessAccounts ?? {});
}
