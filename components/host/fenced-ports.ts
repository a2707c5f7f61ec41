import { appContainers } from './compose-app.ts';
import { appAddress } from './networks.ts';
import type { HostFacts, HostFile } from './types.ts';

const file = (name: string, lines: string[]): HostFile => ({
  path: `/etc/systemd/system/${name}`,
  mode: 0o644,
  owner: 'root',
  group: 'root',
  content: `${lines.join('\n')}\n`,
});

/** Docker publishes no port of an internal network; so that the app is on loopback all the same, this machine passes it on. */
export function fencedPorts(facts: HostFacts): HostFile[] {
  return appContainers(facts).flatMap(({ service, port }, index) => {
    if (port === undefined) return [];
    const name = `fenced-port-${port}`;
    const description = `Description=${service} of the copy on loopback`;
    return [
      file(`${name}.socket`, [
        ...['[Unit]', description, ''],
        ...['[Socket]', `ListenStream=127.0.0.1:${port}`, 'NoDelay=yes', ''],
        ...['[Install]', 'WantedBy=sockets.target'],
      ]),
      file(`${name}.service`, [
        ...['[Unit]', description, `Requires=${name}.socket`, `After=${name}.socket`, ''],
        '[Service]',
        `ExecStart=/usr/lib/systemd/systemd-socket-proxyd --connections-max=256 --exit-idle-time=10min ${appAddress(facts.config, index)}:${port}`,
        ...['DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'ProtectHome=yes'],
        ...['PrivateTmp=yes', 'PrivateDevices=yes', 'RestrictAddressFamilies=AF_UNIX AF_INET'],
      ]),
    ];
  });
}
