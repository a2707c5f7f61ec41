import { run } from './exec.ts';
import { baseRuleset, machineRuleset, mapsRuleset, removalRuleset } from './firewall-ruleset.ts';
import { table } from './names.ts';
import { knownMachines } from './registry.ts';
import type { FirewallRules } from './types.ts';

/** Transactions of this process reach the kernel in the order in which they were asked for. */
let last: Promise<unknown> = Promise.resolve();
function inOrder<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next.catch(() => {});
  return next;
}

/** All of it or nothing: nft loads one file as one transaction. */
const load = (ruleset: () => string) =>
  inOrder(async () => {
    await run('nft', ['-f', '-'], { input: ruleset() });
  });

/** Lays the table down, or repairs it after a flush; machines' own rules stay. */
export const ensureTable = () => load(() => baseRuleset() + currentMaps());

/** Brings the table's maps to the machines and addresses there are now. */
export const syncMaps = () => load(currentMaps);

function currentMaps(): string {
  return mapsRuleset(
    knownMachines().map(({ mac, ip4, ip6, addresses }) => ({
      mac,
      ip4s: [ip4, ...addresses],
      ip6s: ip6 ? [ip6] : [],
    })),
  );
}

/**
 * Gives a machine, known by its MAC, the cloud's firewall; undefined takes it away and everything passes. The rules live
 * on the host: a flush or a reboot inside the machine does not touch them. Flows already established go on.
 */
export const setFirewall = (mac: string, rules: FirewallRules | undefined) =>
  load(() => machineRuleset(mac, rules));

/** Forgets a removed machine's firewall. */
export const dropFirewall = (mac: string) => load(() => currentMaps() + removalRuleset(mac));

/** Takes the whole table away; true when there was one. */
export async function removeTable(): Promise<boolean> {
  return inOrder(
    async () => (await run('nft', ['delete', 'table', 'inet', table], { allowFailure: true })).code === 0,
  );
}
