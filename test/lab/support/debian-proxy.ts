import { createServer, request, type Server } from 'node:http';
import { aptTransport, mirrorsIn } from '../../../lab/machines/apt-source.ts';
import { docker } from '../../../lab/machines/exec.ts';
import { baseImage } from '../../../lab/machines/names.ts';
import { gateway } from '../../../lab/services/addresses.ts';

/** The one way out of a lab machine, for a while: to the Debian mirror that the lab's own images come from. */
export async function openDebian(): Promise<{ url: string; asked: () => number; close: () => void }> {
  const sources = await docker([
    'run',
    '--rm',
    baseImage,
    'sh',
    '-c',
    'cat /etc/apt/sources.list* /etc/apt/sources.list.d/* 2>/dev/null; true',
  ]);
  const hosts = new Set(mirrorsIn(String(sources)).map((mirror) => new URL(mirror).host));
  const { proxy } = await aptTransport();
  let asked = 0;
  const server: Server = createServer((incoming, answer) => {
    const to = new URL(incoming.url ?? '', 'http://nowhere.invalid');
    if (!hosts.has(to.host)) return void answer.writeHead(403).end();
    asked += 1;
    const headers = { ...incoming.headers, host: to.host };
    const onward = proxy
      ? request(proxy, { path: to.href, method: incoming.method, headers })
      : request(to, { method: incoming.method, headers });
    onward.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, gateway.v4, resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://${gateway.v4}:${port}`, asked: () => asked, close: () => server.close() };
}
