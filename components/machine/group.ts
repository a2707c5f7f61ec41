import { Project } from '@pulumi/digitalocean/project.js';
import { ProjectResources } from '@pulumi/digitalocean/projectResources.js';
import * as pulumi from '@pulumi/pulumi';

export interface GroupArgs {
  /** Shown in the provider's console, unique in the account, e.g. the instance's domain. */
  title: string;
  /** Pulumi stack, for the description. */
  stack: string;
}

/**
 * A stack's project at DigitalOcean: one place in the console, one line on the bill.
 *
 * Members are listed by ProjectResources, never by the project itself: DigitalOcean puts the reserved address beside its
 * Droplet by itself, under another name than the provider's, and `resources` would fight it for ever.
 * https://github.com/digitalocean/terraform-provider-digitalocean/issues/1264
 */
export class Group extends pulumi.ComponentResource {
  readonly project: Project;

  constructor(name: string, args: GroupArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:machine:Group', name, {}, options);
    this.project = new Project(
      `${name}-project`,
      {
        name: args.title,
        description: `Pulumi stack ${args.stack}`,
        purpose: 'Web Application',
        environment: args.stack.startsWith('prod') ? 'Production' : 'Staging',
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  /** Lists what belongs to the stack. */
  hold(name: string, urns: pulumi.Input<string>[]): void {
    new ProjectResources(`${name}-members`, { project: this.project.id, resources: urns }, { parent: this });
  }
}
