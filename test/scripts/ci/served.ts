import { type ChildProcess, execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach } from 'vitest';
import { checkout } from '../../../scripts/lib/paths.ts';

export interface Asked {
  method: string;
  path: string;
  token: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it sent
  body: any;
}

/** A program of scripts/ci, a server that remembers what it asked for, and programs played in front of the real ones. */
export function served(answer: (asked: Asked) => unknown = () => ({})) {
  const place = { root: '', url: '', asked: [] as Asked[], status: 200 };
  let server: Server;
  beforeEach(async () => {
    place.root = mkdtempSync(join(tmpdir(), 'coop-ci-'));
    place.asked = [];
    place.status = 200;
    mkdirSync(join(place.root, 'bin'));
    server = createServer(async (request, response) => {
      const text = (await request.toArray()).join('');
      const asked: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        token: request.headers['private-token'] as string | undefined,
        body: text === '' ? undefined : JSON.parse(text),
      };
      place.asked.push(asked);
      response.writeHead(place.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer(asked)));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    place.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
    rmSync(place.root, { recursive: true, force: true });
  });
  return Object.assign(place, {
    /** A program by this name does this. */
    play(name: string, lines: string): void {
      const file = join(place.root, 'bin', name);
      writeFileSync(file, `#!/bin/bash\n${lines}\n`);
      chmodSync(file, 0o755);
    },
    async run(
      name: string,
      words: string[],
      env: Record<string, string>,
      meanwhile?: (program: ChildProcess) => Promise<void>,
    ) {
      const running = promisify(execFile)(join(checkout, 'scripts/ci', name), words, {
        env: { PATH: `${place.root}/bin:${process.env.PATH}`, ...env },
      });
      const ended = running.then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }) => ({ code: code as number, output: stdout + stderr }),
      );
      await meanwhile?.(running.child);
      return ended;
    },
  });
}
