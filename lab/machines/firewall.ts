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

/**
 * All of it or nothing: nft loads one file as one transaction. The table and its maps are said again each time, so that
 * one flushed by a stranger on the host is whole again; machines' own chains stay as they are.
 */
const load = (ruleset: () => string) =>
  inOrder(async () => {
    await run('nft', ['-f', '-'], { input: baseRuleset() + currentMaps() + ruleset() });
  });

/** Lays the table down, or brings it to the machines and addresses there are now. */
export const ensureTable = () => load(() => '');

function currentMaps(): string {
  return mapsRuleset(
    knownMachines().map(({ mac, ip4, ip6, addresses }) => ({
      mac,
      ip4s: [ip4, ...addresses].filter(Boolean),
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
export const dropFirewall = (mac: string) => load(() => removalRuleset(mac));

/** Takes the whole table away; true when there was one. */
export async function removeTable(): Promise<boolean> {
  return inOrder(async () => {
    const remove = run('nft', ['delete', 'table', 'inet', table], { allowFailure: true });
    // Where nft is not installed there is no table.
    return (await remove.catch(() => undefined))?.code === 0;
  });
}
