import { LabError } from '../error.ts';
import { findProgram } from './find-program.ts';
import { otherLabs } from './orphans.ts';

/** Programs of the services, with Debian's packages. */
const programs = {
  dnsmasq: 'dnsmasq-base',
  'docker-registry': 'docker-registry',
  pebble: 'pebble',
  openssl: 'openssl',
};

/** Says at once everything that keeps the lab from running here. */
export async function preflight(): Promise<void> {
  if (process.platform !== 'linux')
    throw new LabError(
      `the lab needs Linux — this is ${process.platform} — use a virtual machine with Debian 13; ./scripts/test --fast works here`,
    );
  if (process.getuid?.() !== 0)
    throw new LabError('the lab needs root — for its network, machines and ports — run it with sudo');
  refuseOtherLab();
  const missing: string[] = [];
  for (const [name, debianPackage] of Object.entries(programs))
    await findProgram(name, debianPackage).catch(() => missing.push(debianPackage));
  if (missing.length > 0)
    throw new LabError(
      `packages are missing — ${missing.join(', ')} — install them: ./scripts/prerequisites`,
    );
}

/** A machine has one lab network: two labs would take each other's addresses and machines. */
export function refuseOtherLab(): void {
  const [other] = otherLabs();
  if (other)
    throw new LabError(`another lab runs on this machine — ${other} — take it down there: coop lab down`);
}
