import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paths } from '../paths.ts';

/** How the lab's S3 misbehaves towards everybody, until told otherwise. */
export interface S3Fault {
  /** Connections are reset before anything is said. */
  off?: boolean;
  /** Milliseconds for which each request waits. */
  delayMs?: number;
  /** Answered in place of the gateway, such as 500 or 503. */
  status?: number;
  /** Only one request in so many gets `status`; 1 when it is left out. */
  oneIn?: number;
  /** Seconds by which the storage's clock is ahead of everybody else's; behind, when negative. */
  clockSeconds?: number;
}

/** S3's own tolerance: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed. */
const tolerated = 15 * 60_000;

const file = () => join(paths.s3, 'fault.json');

/** Breaks the lab's S3 from the next request on; without a fault it is well again. */
export function setS3Fault(fault?: S3Fault): void {
  mkdirSync(dirname(file()), { recursive: true });
  if (fault) writeFileSync(file(), JSON.stringify(fault));
  else rmSync(file(), { force: true });
}

/** What `setS3Fault` of another process says, read anew only when it changed. */
export function watchedFault(): () => S3Fault | undefined {
  let read: { at: number; fault: S3Fault } | undefined;
  return () => {
    const found = statSync(file(), { throwIfNoEntry: false });
    if (!found) return undefined;
    if (read?.at !== found.mtimeMs)
      try {
        read = { at: found.mtimeMs, fault: JSON.parse(readFileSync(file(), 'utf8')) as S3Fault };
      } catch {
        // In the middle of being written, or gone meanwhile: the next request reads it.
      }
    return read?.fault;
  };
}

/** The answer of a storage that is broken in this way; undefined when the request is served as ever. */
export async function refusalOf(
  { delayMs, status, oneIn = 1, clockSeconds = 0 }: S3Fault,
  req: IncomingMessage,
  count: number,
): Promise<{ status: number; code: string; message: string } | undefined> {
  if (delayMs) await sleep(delayMs);
  const [, date] = /[?&]X-Amz-Date=(\w+)/.exec(req.url ?? '') ?? [];
  const at = amzTime(String(req.headers['x-amz-date'] ?? date ?? ''));
  if (at !== undefined && Math.abs(Date.now() + clockSeconds * 1000 - at) > tolerated)
    return {
      status: 403,
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
    };
  if (status && count % oneIn === 0)
    return { status, code: status === 503 ? 'SlowDown' : 'InternalError', message: 'Please try again.' };
  return undefined;
}

/** Milliseconds of a time as signatures write it: 20261123T041500Z. */
function amzTime(text: string): number | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return y === undefined ? undefined : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

/** The time as such a storage tells it, in every answer. */
export function tellTime(res: ServerResponse, { clockSeconds }: S3Fault): void {
  if (clockSeconds) res.setHeader('date', new Date(Date.now() + clockSeconds * 1000).toUTCString());
}
