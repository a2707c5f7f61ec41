import { colorsFor } from '../../scripts/lib/colors.ts';
import type { InstanceStatus } from '../../scripts/lib/instance-status.ts';
import {
  isBroken as isStackBroken,
  type MachineStatus,
  type StackStatus,
  showStatus,
} from '../../scripts/lib/show-status.ts';

// A staging machine where all is well, and what `coop status` shows of it.

export const now = new Date('2026-11-22T12:00:00Z');
export const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
export const day = 86_400;

export const well: InstanceStatus = {
  domain: 'staging.social.coop',
  app: { name: 'mastodon', version: '4.5.20', expected: '4.5.20' },
  federation: 'off',
  maintenance: { on: false },
  services: [
    'web',
    'web-2',
    'streaming',
    'sidekiq-default-q',
    'sidekiq-push-q',
    'sidekiq',
    'db',
    'redis',
  ].map((name) => ({ name, state: 'running', health: 'healthy', restarts: 0 })),
  queues: ['default', 'push', 'pull'].map((name) => ({ name, size: 2, latency: 1 })),
  backup: { last: ago(3600), type: 'full', walAge: 40, heartbeatAge: 1 },
  site: { nginx: 'active', code: 200 },
  certificate: { notBefore: ago(30 * day), notAfter: ago(-60 * day), shown: true, issuer: "Let's Encrypt" },
  disk: [{ path: '/', usedPercent: 41, freeBytes: 62_300_000_000 }],
  refused: { egress_refused: 4 },
  stack: 'staging',
  rehearsal: {
    since: ago(90 * day),
    last: { ended: ago(3 * day), result: 'passed', rpoSeconds: 4, ttrSeconds: 131 },
  },
  drift: [],
  timers: [
    {
      name: 'certbot.timer',
      enabled: true,
      active: true,
      next: ago(-3600),
      last: ago(3600),
      result: 'success',
    },
  ],
};
export const none = colorsFor({}, {}, {});
export const primary = (status: InstanceStatus): MachineStatus => ({
  role: 'primary',
  address: '203.0.113.10',
  status,
});
export const stackOf = (status: InstanceStatus): StackStatus => ({
  stack: 'staging',
  machines: [primary(status)],
});
export const show = (status: InstanceStatus, options = {}) =>
  showStatus(stackOf(status), none, { now, ...options });
export const isBroken = (status: InstanceStatus, at: Date) => isStackBroken(stackOf(status), at);
/** The line of a status that speaks of something. */
export const line = (status: InstanceStatus, about: string) =>
  show(status)
    .split('\n')
    .find((text) => text.includes(about));
