import { request } from 'node:http';
import { type Answer, refusalOf } from './ask.ts';
import { type Cloud, type Clouds, type Identity, type Quota, Silence } from './cloud.ts';

interface Who {
  account: string;
  permissions: 'read' | 'read-write';
  limits?: Record<string, { limit: number; used: number }>;
  zones?: { id: string; name: string }[];
}

/** The lab's clouds, asked through their socket with the tokens the plugins would use. */
export function labClouds(env: NodeJS.ProcessEnv): Clouds {
  const socket = env.LAB_CLOUD ?? '';
  const spacesToken = `spaces:${env.SPACES_ACCESS_KEY_ID}:${env.SPACES_SECRET_ACCESS_KEY}`;
  const who = (provider: string, token = '') => good<Who>(socket, `/v1/${provider}/whoami`, token);
  const names = () => who('cloudflare', env.CLOUDFLARE_API_TOKEN);
  return {
    hetzner: machines(socket, 'hcloud', { server: 'Server', firewall: 'Firewall' }, env.HCLOUD_TOKEN),
    digitalocean: machines(
      socket,
      'digitalocean',
      { server: 'Droplet', firewall: 'Firewall' },
      env.DIGITALOCEAN_TOKEN,
    ),
    spaces: { whoami: async () => identity(await who('digitalocean', spacesToken)) },
    cloudflare: {
      whoami: async () => identity(await names()),
      zone: async (id) => {
        const { zones = [], account } = await names();
        const zone = zones.find((each) => each.id === id);
        return zone && { name: zone.name, account };
      },
      records: async (zoneId, wanted) => {
        const path = '/lab/objects?provider=cloudflare&type=DnsRecord';
        const { objects } = await good<{ objects: { id: string; inputs: Seen }[] }>(socket, path, '');
        return objects
          .filter(({ inputs }) => inputs.zoneId === zoneId && wanted.includes(inputs.name))
          .map(({ id, inputs: { type, name, content, data } }) => ({
            id,
            type,
            name,
            content: content ?? Object.values(data ?? {}).join(' '),
          }));
      },
    },
  };
}

interface Seen {
  zoneId: string;
  type: string;
  name: string;
  content?: string;
  data?: object;
}

const identity = ({ account, permissions }: Who): Identity => ({ account, access: permissions });

function machines(
  socket: string,
  provider: string,
  types: Record<'server' | 'firewall', string>,
  token = '',
): Cloud {
  const who = () => good<Who>(socket, `/v1/${provider}/whoami`, token);
  return {
    whoami: async () => identity(await who()),
    async sees(kind, id) {
      const answer = await call(socket, `/v1/${provider}/${types[kind]}/${encodeURIComponent(id)}`, token);
      if (answer.status !== 200 && answer.status !== 404) throw refusalOf(answer.status, answer.body);
      return answer.status === 200;
    },
    async quotas(): Promise<Quota[]> {
      return Object.entries((await who()).limits ?? {}).map(([what, { limit, used }]) => ({
        what,
        limit,
        used,
      }));
    },
  };
}

async function good<T>(socket: string, path: string, token: string): Promise<T> {
  const { status, body } = await call(socket, path, token);
  if (status < 300) return body as T;
  throw refusalOf(status, { error: body });
}

function call(socketPath: string, path: string, token: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const outgoing = request({ socketPath, path, headers, agent: false, timeout: 4000 }, async (response) => {
      const text = (await response.toArray()).join('');
      resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : {} });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      reject(new Silence(`the lab's cloud does not answer (${error.code ?? error.message})`)),
    );
    outgoing.end();
  });
}
