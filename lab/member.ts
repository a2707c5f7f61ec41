import { randomBytes } from 'node:crypto';

/** How a member's requests travel: the lab's own fetch, or any other with its shape. */
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string | Buffer | FormData },
) => Promise<{
  status: number;
  headers: Headers;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

export interface Status {
  id: string;
  url: string;
  uri: string;
  content: string;
  media_attachments: { id: string; url: string; preview_url: string | null }[];
}

/** A person using the instance through the documented client API: https://docs.joinmastodon.org/methods/ */
export class Member {
  readonly base: string;
  readonly name: string;
  readonly #fetch: Fetch;
  readonly #token: string;

  private constructor(base: string, name: string, token: string, fetch: Fetch) {
    this.base = base;
    this.name = name;
    this.#token = token;
    this.#fetch = fetch;
  }

  /** Registers an account as an app does, then follows the link in the confirmation mail. */
  static async register(
    base: string,
    fetch: Fetch,
    confirmationLink: (email: string) => Promise<string>,
    name = `member_${randomBytes(4).toString('hex')}`,
  ): Promise<Member> {
    const { member, email } = await Member.signUp(base, fetch, name);
    const confirmed = await fetch(await confirmationLink(email));
    if (confirmed.status >= 400) throw new Error(`confirmation answered ${confirmed.status}`);
    return member;
  }

  /** Registers an account, and goes no further: its address is not confirmed. */
  static async signUp(base: string, fetch: Fetch, name: string): Promise<{ member: Member; email: string }> {
    const app = await post(fetch, `${base}/api/v1/apps`, undefined, {
      client_name: 'coop demo',
      redirect_uris: 'urn:ietf:wg:oauth:2.0:oob',
      scopes: 'read write follow push',
    });
    const grant = await post(fetch, `${base}/oauth/token`, undefined, {
      grant_type: 'client_credentials',
      client_id: app.client_id,
      client_secret: app.client_secret,
      scope: 'read write follow push',
    });
    const email = `${name}@members.lab.test`;
    const account = await post(fetch, `${base}/api/v1/accounts`, grant.access_token, {
      username: name,
      email,
      password: randomBytes(18).toString('base64url'),
      agreement: true,
      locale: 'en',
    });
    return { member: new Member(base, name, account.access_token, fetch), email };
  }

  /** Uploads a file and waits until the instance has processed it. */
  async upload(file: Buffer, filename: string, type: string): Promise<{ id: string; url: string }> {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(file)], { type }), filename);
    const response = await this.#fetch(`${this.base}/api/v2/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}` },
      body: form,
    });
    const media = parse(`${this.base}/api/v2/media`, response.status, await response.text());
    for (let tries = 0; tries < 100 && !media.url; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      Object.assign(media, await this.get(`/api/v1/media/${media.id}`));
    }
    if (!media.url) throw new Error(`media ${media.id} was not processed within 20 s`);
    return media as { id: string; url: string };
  }

  async publish(text: string, more: Record<string, unknown> = {}): Promise<Status> {
    return (await this.post('/api/v1/statuses', { status: text, ...more })) as unknown as Status;
  }

  get(path: string): Promise<Answer> {
    return get(this.#fetch, `${this.base}${path}`, this.#token);
  }

  post(path: string, body: Record<string, unknown> = {}): Promise<Answer> {
    return post(this.#fetch, `${this.base}${path}`, this.#token, body);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of the API, whose shape the caller knows
type Answer = Record<string, any>;

function parse(url: string, status: number, text: string): Answer {
  if (status >= 300) throw new Error(`${url} answered ${status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

async function get(fetch: Fetch, url: string, token: string): Promise<Answer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  return parse(url, response.status, await response.text());
}

async function post(
  fetch: Fetch,
  url: string,
  token: string | undefined,
  body: Record<string, unknown>,
): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return parse(url, response.status, await response.text());
}
