import { services } from '../../lab/services/addresses.ts';
import { mailConnections } from '../../lab/services/mail-client.ts';
import { peerCounts } from '../../lab/services/peer-client.ts';
import { coopPath, inLab, run } from './support.ts';

const { peer, mail } = services;
const aims = [peer.v4, peer.v6]
  .flatMap((at) => ['--peer', at])
  .concat([mail.v4, mail.v6].flatMap((at) => ['--mail', at]));

interface Canaries {
  sent: number;
  passed: number;
  counters: Record<string, number>;
  canaries: { from: string; kind: string; refused: boolean }[];
}

/** Every way out, tried from the copy of that name; the witnesses are asked whether anything came. */
export async function canariesFrom(stack: string) {
  const seen = async () => [(await peerCounts()).connections, mailConnections()];
  const before = await seen();
  const { stdout } = await run(
    inLab(coopPath, 'ssh', stack, '--', 'instance', 'canaries', '--json', ...aims),
  );
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Canaries;
  const passed = report.canaries.filter(({ refused }) => !refused).map(({ kind }) => kind);
  const after = await seen();
  return { ...report, passed, arrived: after.map((count, index) => count - (before[index] ?? 0)) };
}
