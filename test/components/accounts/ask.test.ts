import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { ask, patience } from '../../../components/accounts/ask.ts';

it('an API that takes the call and never answers is given up in time', async () => {
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const started = performance.now();
  const asked = ask({ base: `http://127.0.0.1:${port}`, token: 't' }, '/');
  await expect(asked).rejects.toMatchObject({
    name: 'Silence',
    message: `127.0.0.1:${port} does not answer (TimeoutError)`,
  });
  const took = performance.now() - started;
  for (const socket of sockets) socket.destroy();
  server.close();
  expect(took).toBeGreaterThan(patience - 100);
  // A busy machine is late as well.
  expect(took).toBeLessThan(2 * patience);
});
