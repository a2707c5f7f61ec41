import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { gateway } from '../services/addresses.ts';
import { machinePaths, metadata } from './names.ts';
import { type KnownMachine, knownMachines } from './registry.ts';

const userData = ({ id }: KnownMachine) => readFileSync(join(machinePaths(id).seed, 'user-data'), 'utf8');

/** What the clouds' metadata services answer, as far as a stack could be harmed by it. */
const answers: Record<string, (machine: KnownMachine) => string> = {
  '/metadata/v1/': () => 'id\nhostname\nuser-data\npublic-keys\n',
  '/metadata/v1/id': ({ id }) => id,
  '/metadata/v1/hostname': ({ name }) => name,
  '/metadata/v1/user-data': userData,
  '/metadata/v1/public-keys': ({ sshKeys }) => sshKeys.join('\n'),
  '/hetzner/v1/userdata': userData,
  '/hetzner/v1/metadata/hostname': ({ name }) => name,
};

/** Answers machines' requests to 169.254.169.254, which the host's firewall table hands over; each sees only its own. */
export function serveMetadata(): Promise<Server> {
  const server = createServer((request, response) => {
    const from = request.socket.remoteAddress;
    const machine = knownMachines().find(
      ({ ip4, addresses }) => from === ip4 || addresses.includes(from ?? ''),
    );
    const answer = machine && answers[request.url ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'text/plain' });
    response.end(answer ? answer(machine) : 'not found\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(metadata.port, gateway.v4, () => resolve(server));
  });
}
