import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { signedS3Headers } from '../../../../components/accounts/s3-signature.ts';
import type { BucketPlace } from '../../../../components/recovery/kit.ts';
import type { Ask } from '../bucket.ts';

const PORTS = { SSH: 22, HTTPS: 443 };
/** Milliseconds within which a server that answers has done so. */
const PATIENCE = 3000;

export type Knock = (address: string, port: number) => Promise<boolean>;

/** Whether somebody takes a connection there. */
export const knock = (host: string, port: number, timeout = PATIENCE): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });

/** Where somebody still answers, as seen from here: `192.0.2.7 (SSH, HTTPS)`. */
export async function whoAnswers(addresses: readonly string[], knocking: Knock = knock): Promise<string[]> {
  const found = await Promise.all(
    addresses.map(async (address) => {
      const ports = Object.entries(PORTS);
      const open = await Promise.all(ports.map(([, port]) => knocking(address, port)));
      const names = ports.filter((_, index) => open[index]).map(([name]) => name);
      return names.length > 0 ? [`${address} (${names.join(', ')})`] : [];
    }),
  );
  return found.flat();
}

/**
 * What object storage says to an access key. Nobody here has the secret half, and none is needed: a key that is known is told
 * that the signature is wrong (`SignatureDoesNotMatch`), one that was revoked that there is none (`InvalidAccessKeyId`).
 */
export async function askForKey(accessKey: string, at: BucketPlace, ask: Ask): Promise<string> {
  const url = new URL(`https://${at.endpoint}/${at.bucket}/?list-type=2&max-keys=1`);
  const headers = signedS3Headers('GET', url, at.region, { accessKey, secretKey: 'nobody-knows' });
  const answer = await ask(url.href, { headers });
  const said = Buffer.from(await answer.arrayBuffer()).toString();
  return /<Code>(\w+)<\/Code>/.exec(said)?.[1] ?? `HTTP ${answer.status}`;
}

/** Asks again until nothing is left, or the time is over; returns what is. */
export async function untilNone(
  question: () => Promise<string[]>,
  seconds = 90,
  pause = 1000,
): Promise<string[]> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const left = await question();
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(pause);
  }
}
