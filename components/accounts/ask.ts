import { Refusal, Silence } from './types.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface Api {
  /** Where its paths begin, without a slash at the end. */
  base: string;
  token: string;
  fetch?: typeof fetch;
}

/** Longer than this, in milliseconds, nobody is waited for. */
export const patience = 4000;

/** One call of an HTTP API with a bearer token; what is not JSON counts as empty. Throws Silence when nobody answers. */
export async function ask(
  api: Api,
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
): Promise<Answer> {
  const { fetch: call = fetch, base, token } = api;
  let answer: Answer;
  try {
    const response = await call(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patience),
    });
    const parsed: unknown = await response.json().catch(notJson);
    answer = { status: response.status, body: (parsed ?? {}) as Record<string, unknown> };
  } catch (error) {
    throw silence(base, error);
  }
  if (isBusy(answer.status)) throw new Silence(`${hostOf(base)} answers ${answer.status}`);
  return answer;
}

/** An API that is down or has had enough of us says nothing about a token. */
export const isBusy = (status: number) => status === 429 || status >= 500;

/** An answer that was begun and never ended is none. */
function notJson(error: unknown): object {
  if (error instanceof SyntaxError) return {};
  throw error;
}

/** The body of an answer that must be good; throws the refusal otherwise, in the provider's words. */
export const must = ({ status, body }: Answer): Record<string, unknown> => {
  if (status < 300) return body;
  throw refusalOf(status, body);
};

/** Asks for each path once, however many want the answer. */
export function reader(api: Api): (path: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (path) => {
    const answer = answers.get(path) ?? ask(api, path);
    answers.set(path, answer);
    return answer;
  };
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
  return new Silence(`${hostOf(base)} does not answer (${cause})`);
}

const hostOf = (base: string) => (URL.canParse(base) ? new URL(base).host : base);
