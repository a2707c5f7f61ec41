import { type IncomingMessage, type RequestOptions, request } from 'node:http';

/** So much of a refused upload the gateway reads before it answers; what is longer it breaks off. */
const drained = 256 << 10;

/** Sends a request on to the gateway; the answer comes when the client has sent everything, so that it can read it. */
export async function forward(target: RequestOptions, req: IncomingMessage): Promise<IncomingMessage> {
  const sent = new Promise<void>((resolve) => {
    if (req.readableEnded) resolve();
    req.once('end', resolve).once('close', resolve);
  });
  const answer = await attempt(target, req).catch((error: NodeJS.ErrnoException) => {
    const broken = error.code === 'EPIPE' || error.code === 'ECONNRESET';
    if (broken && Number(req.headers['content-length']) > drained) return askAgain(target);
    throw error;
  });
  // A success is never early; a refusal must not cross the upload.
  if ((answer.statusCode ?? 500) >= 400) {
    req.resume();
    await sent;
  }
  return answer;
}

function attempt(target: RequestOptions, req: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const upstream = request(target);
    upstream.once('response', (answer) => {
      // One that breaks off before somebody reads it is nobody's failure.
      answer.on('error', () => {});
      resolve(answer);
    });
    upstream.on('error', reject);
    // Whatever the client still sends is read and dropped, or it would wait for ever.
    upstream.on('close', () => {
      req.unpipe(upstream);
      req.resume();
    });
    req.once('close', () => {
      if (!req.complete) upstream.destroy();
    });
    req.pipe(upstream);
  });
}

/**
 * Refused in the middle of an upload, and the reason was lost with the connection: the same headers with the beginning
 * of a body bring it again. Never a whole body: nothing can be stored by this.
 */
function askAgain(target: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const again = request({ ...target, timeout: 3000 });
    again.once('response', resolve);
    again.once('timeout', () => again.destroy(new Error('the gateway broke off')));
    again.on('error', reject);
    again.write(Buffer.alloc(drained));
  });
}
