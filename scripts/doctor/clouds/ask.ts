import { Refusal, Silence } from './cloud.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface Api {
  base: string;
  token: string;
  fetch?: typeof fetch;
}

const patience = 4000;

/** One call of an HTTP API with a bearer token; what is not JSON counts as empty. Throws Silence when nobody answers. */
export async function ask(api: Api, path: string, body?: object): Promise<Answer> {
  const { fetch: call = fetch, base, token } = api;
  try {
    const response = await call(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patience),
    });
    const parsed: unknown = await response.json().catch(() => ({}));
    return { status: response.status, body: (parsed ?? {}) as Record<string, unknown> };
  } catch (error) {
    throw silence(base, error);
  }
}

/** The body of an answer that must be good; throws the refusal otherwise, in the provider's words. */
export async function must(api: Api, path: string): Promise<Record<string, unknown>> {
  const { status, body } = await ask(api, path);
  if (status < 300) return body;
  throw refusalOf(status, body);
}

/** Hetzner, DigitalOcean and Cloudflare each say it in another place. */
export function refusalOf(status: number, body: Record<string, unknown>): Refusal {
  const errors = (body.errors as { code?: number; message?: string }[] | undefined)?.[0];
  const error = (body.error ?? errors ?? {}) as { code?: string | number; message?: string };
  const code = String(error.code ?? body.id ?? '');
  return new Refusal(status, code, String(error.message ?? body.message ?? `HTTP ${status}`));
}

export function silence(base: string, error: unknown): Silence {
  const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
  return new Silence(`${new URL(base).host} does not answer (${cause})`);
}
