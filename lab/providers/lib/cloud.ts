import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Properties } from './wire.ts';

export interface Answer {
  status: number;
  requestId: string;
  body: Properties;
}

// As the clouds' own clients do: a rate limit or a server error is tried again a few times.
const tries = 4;
// A daemon that was killed is started again within seconds; one that never was leaves no socket.
const triesOfRestart = 14;
const agent = new Agent({ keepAlive: true });

/** One call to the lab's cloud daemon (`LAB_CLOUD`: its socket), in the name of `token`. */
export async function callCloud(
  method: string,
  path: string,
  token: string | undefined,
  body?: Properties,
  idempotencyKey?: string,
): Promise<Answer> {
  const socketPath = process.env.LAB_CLOUD;
  if (!socketPath) {
    throw new Error('LAB_CLOUD is not set — this is a plugin of the lab — run it inside `coop lab shell`');
  }
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  let known = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await send(socketPath, method, path, headers, text);
      const transient = answer.status === 429 || (answer.status >= 500 && !answer.body.id);
      if (!transient || attempt >= tries) return answer;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      known ||= code === 'ECONNREFUSED' || code === 'ECONNRESET';
      if (
        attempt >= (known ? triesOfRestart : tries) ||
        !['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ENOENT'].includes(code)
      ) {
        throw new Error(
          `the lab's cloud does not answer (${code}) — ${socketPath} — \`coop lab up\` starts it`,
        );
      }
    }
    await sleep(Math.min(50 * 2 ** attempt, 800));
  }
}

function send(
  socketPath: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          requestId: String(response.headers['x-request-id'] ?? ''),
          body: text ? JSON.parse(text) : {},
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
