import * as pulumi from '@pulumi/pulumi';

/**
 * Something in the state alone that stands on everything else, so that destroying has to begin with it.
 *
 * `pulumi destroy --skip-preview` would take away what is not protected (names, firewalls, the buckets' keys) before it
 * came to what is. The engine spares whatever a resource stands on that it could not delete.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/protect/
 */
export function lock(name: string, everything: pulumi.ComponentResource, protect: boolean): pulumi.Resource {
  return new pulumi.Stash(`${name}-lock`, { input: name }, { protect, dependsOn: everything });
}
