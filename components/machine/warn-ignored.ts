import * as pulumi from '@pulumi/pulumi';
import { type Boot, ignoredBoot, report } from './ignored.ts';
import type { Role } from './machine.ts';

/** How a server was made, as its state has it. */
interface Made {
  region: pulumi.Output<string>;
  image: pulumi.Output<string | undefined>;
  sshKeys: pulumi.Output<string[] | undefined>;
  userData: pulumi.Output<string | undefined>;
}

/**
 * Reports every edit that a server has not followed. The inputs in its state are the old ones while an edit of them is
 * ignored, so that comparing needs no memory of our own. `standing` is what would have to go for the edit to take effect.
 */
export function warnIgnored(
  server: pulumi.Resource,
  { region, image, sshKeys, userData }: Made,
  wanted: Boot,
  standing: pulumi.Resource[],
  role: Role,
): void {
  const urns = pulumi.all(standing.map(({ urn }) => urn));
  pulumi.all([region, image, sshKeys, userData, urns]).apply(([region, image, sshKeys, userData, urns]) => {
    const actual = { region, image: image ?? '', sshKeys: sshKeys ?? [], userData: userData ?? '' };
    for (const ignored of ignoredBoot(actual, wanted, urns, role)) pulumi.log.warn(report(ignored), server);
  });
}
