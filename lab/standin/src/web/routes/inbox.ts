import { keyOwner } from '../../activitypub/resolve.ts';
import { parseSignature, verifyRequest } from '../../activitypub/signature.ts';
import type { Row } from '../../core/db.ts';
import { log } from '../../core/log.ts';
import { enqueue } from '../../jobs/enqueue.ts';
import { localAccount } from '../../model/accounts.ts';
import type { Context } from '../context.ts';
import { HttpError, notFound } from '../errors.ts';
import { route } from '../router.ts';

/** Takes an activity whose signature holds; a worker of the ingress queue does what it says. */
async function receive(context: Context): Promise<void> {
  const name = context.params.name;
  if (name && !(await localAccount(context.app, name))) throw notFound();
  const body = await context.raw();
  const parsed = parse(body);
  const header = String(context.req.headers.signature ?? '');
  const signature = parseSignature(header);
  if (!signature) throw new HttpError(401, 'Request not signed');
  const signer = await believe(context, body, signature, parsed);
  if (signer)
    await enqueue(context.app.redis, 'ActivityPub::ProcessingWorker', signer.id, body.toString('utf8'));
  context.empty(202);
}

function parse(body: Buffer): { type?: unknown; actor?: unknown; object?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (value !== null && typeof value === 'object') return value;
  } catch {
    // told below, together with what is JSON but no object
  }
  throw new HttpError(400, 'the body is not an activity');
}

async function believe(
  context: Context,
  body: Buffer,
  signature: NonNullable<ReturnType<typeof parseSignature>>,
  parsed: { type?: unknown; actor?: unknown; object?: unknown },
): Promise<Row | undefined> {
  const request = { method: 'POST', path: context.req.url ?? '/', headers: context.req.headers, body };
  let reason: string | undefined;
  // a peer may have changed its key: the second try asks for it
  for (const fresh of [false, true]) {
    const signer = await keyOwner(context.app, signature.keyId, fresh).catch((error: Error) => {
      reason = `the key ${signature.keyId} cannot be fetched: ${error.message}`;
      return undefined;
    });
    if (!signer) break;
    reason = verifyRequest(request, signature, signer.public_key);
    if (!reason) return signer;
  }
  // an account that is gone can no longer show its key; its farewell is taken without effect
  if (parsed.type === 'Delete' && parsed.actor === parsed.object) return undefined;
  log.warn(`inbox refused an activity: ${reason}`);
  throw new HttpError(401, `Verification failed: ${reason}`);
}

export const inboxRoutes = [
  route('POST', '/inbox', receive),
  route('POST', '/users/:name/inbox', receive),
  route('POST', '/actor/inbox', receive),
];
