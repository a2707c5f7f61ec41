import { Command } from '@pulumi/command/remote/command.js';
import * as pulumi from '@pulumi/pulumi';
import type { StackConfig } from '../config/types.ts';
import type { Reached, Role } from '../machine/machine.ts';
import type { Kit } from '../recovery/kit.ts';
import { renderPreparation } from '../restore/preparation.ts';
import type { Buckets } from '../storage/buckets.ts';
import { archive } from './archive.ts';
import { renderHost } from './render.ts';

export interface ApplyArgs {
  /** Pulumi stack. */
  stack: string;
  /** Validated configuration, secrets included. */
  config: StackConfig;
  /** Name of the machine in the stack, e.g. `staging-primary`. */
  machineName: string;
  /** Whether it serves or stands by. */
  role: Role;
  /** What the stack can be brought back with; only for the machine that serves. */
  kit?: pulumi.Output<Kit> | undefined;
  machine: Reached;
  buckets: Pick<Buckets, 'media' | 'mediaSource' | 'backups'>;
  /** `prepare`: only what makes a machine ready for its fence, with no secret in it. Default: everything. */
  phase?: 'prepare' | 'whole';
}

/** Unpacks the tree that comes in on stdin and runs its own program on it: `$1` is the hash, `$2` the machine's identity. */
const script = (program: string, before = '') =>
  `set -e; ${before}t=$(mktemp -d /root/.coop-apply.XXXXXX); trap "rm -rf $t" EXIT; base64 -d | tar -xC "$t"; "$t/opt/social.coop/libexec/${program}" "$t" "$1"`;

/** A fenced machine takes in no secret before it has shown that its fence is up. */
const SCRIPTS = {
  whole: script('apply'),
  prepare: script('prepare'),
  fenced: script('apply', '/opt/social.coop/libexec/fence verify; '),
};

/**
 * Lays the host tree on a machine and converges it, whenever the tree or the machine is another than last time.
 *
 * The tree travels on stdin, because the provider prints commands when they fail; only its hash stands in the command,
 * whose text is what an update follows. No `triggers`: they would replace. No `delete`: nothing to fail on a dead machine.
 * https://www.pulumi.com/registry/packages/command/api-docs/remote/command/
 */
export class Apply extends pulumi.ComponentResource {
  /** SHA-256 of the tree. */
  readonly hash: pulumi.Output<string>;
  /** What the machine said of each step; holds no value of the configuration. */
  readonly said: pulumi.Output<string>;

  constructor(name: string, args: ApplyArgs, options?: pulumi.ComponentResourceOptions) {
    super('social-coop:host:Apply', name, {}, options);
    const { machine, buckets, config, phase = 'whole' } = args;
    const render = phase === 'prepare' ? renderPreparation : renderHost;
    const program = SCRIPTS[phase === 'whole' && config.restore ? 'fenced' : phase];
    const tree = pulumi.secret(
      pulumi
        .all([machine.address, buckets.media, buckets.backups, args.kit, buckets.mediaSource])
        .apply(([address, media, backups, kit, mediaSource]) =>
          archive(
            render({
              stack: args.stack,
              config,
              machine: { name: args.machineName, address, role: args.role },
              media,
              mediaSource,
              backups,
              kit,
            }),
          ),
        ),
    );
    this.hash = pulumi.unsecret(tree.hash);
    // Only root may lay a tree; who may become root needs no password for it.
    const sudo = machine.connection.apply(({ user }) => (user === 'root' ? '' : 'sudo -n '));
    const line = pulumi.interpolate`${pulumi.unsecret(sudo)}sh -c '${program}' apply ${this.hash} ${machine.identity}`;
    const run = new Command(
      `${name}-run`,
      {
        // A new Droplet takes its time to answer.
        connection: machine.connection.apply((to) => ({ ...to, dialErrorLimit: 60, perDialTimeout: 15 })),
        create: line,
        update: line,
        stdin: tree.tar,
        addPreviousOutputInEnv: false,
        // Steps and their times, never a value.
        logging: 'stdout',
      },
      {
        parent: this,
        ...(machine.server && { deletedWith: machine.server }),
        dependsOn: options?.dependsOn ?? [],
      },
    );
    this.said = pulumi.unsecret(run.stdout);
    this.registerOutputs({ hash: this.hash });
  }
}
