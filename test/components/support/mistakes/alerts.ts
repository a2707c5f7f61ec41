import type { Mistake } from './mistake.ts';

/** Who is told when something breaks. */
export const alerts: Mistake[] = [
  ['an address for alerts that is none', { 'alerts.mail': 'us' }, 'alerts.mail', /not a mail address/],
  ['alerts without end', { 'alerts.againHours': 0 }, 'alerts.againHours', /at least 1/],
  [
    'a webhook in the plain part',
    { 'alerts.webhook': 'https://x.org/a' },
    'alerts.webhook',
    /not a known key/,
  ],
  ['a webhook without TLS', { 'secrets.alertWebhook': 'http://x.org/a' }, 'secrets.alertWebhook', /https/],
  [
    'a switch on a port that the cloud firewall closes',
    { 'secrets.deadMansSwitch': 'https://x.org:8443/a' },
    'secrets.deadMansSwitch',
    /port 443/,
  ],
  [
    'a webhook that ends the quotes around it',
    { 'secrets.alertWebhook': 'https://x.org/a" -o "/etc/passwd' },
    'secrets.alertWebhook',
    /https/,
  ],
];
