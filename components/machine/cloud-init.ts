import { bare } from '../config/keys.ts';
import { firstBootPackages } from './packages.ts';

/** Keys a machine boots with. */
export interface BootKeys {
  /** Private SSH host key, OpenSSH form. */
  hostKey: string;
  /** Its public half, one line. */
  hostPublicKey: string;
  /** Public key root may be reached with, one line. */
  deployPublicKey: string;
}

/**
 * User data that makes a machine reachable and installs Debian's packages; whatever may change later is laid by apply.
 *
 * It carries the private host key: hold it as a secret. Not longer than 64 KiB.
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 */
export function cloudInit(keys: BootKeys): string {
  const config = {
    disable_root: false,
    ssh_pwauth: false,
    // No default user: root's key goes to root, people get accounts from apply.
    users: [],
    ssh_authorized_keys: [bare(keys.deployPublicKey)],
    // Only the pinned key: one of the image's or a generated one would be a second identity.
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: lines(keys.hostKey), ed25519_public: bare(keys.hostPublicKey) },
    // apt is asked only for what the image lacks, so that an image that has everything boots without a network.
    runcmd: [['sh', '-c', install(firstBootPackages)]],
  };
  // JSON is YAML, and needs no quoting of its own.
  return `#cloud-config\n${JSON.stringify(config, null, 2)}\n`;
}

function install(packages: readonly string[]): string {
  const names = packages.join(' ');
  const apt = 'apt-get -q -o DPkg::Lock::Timeout=600';
  const missing = `${apt} update && DEBIAN_FRONTEND=noninteractive ${apt} install -y --no-install-recommends ${names}`;
  return `dpkg -s ${names} >/dev/null 2>&1 || { ${missing}; }`;
}

function lines(key: string): string {
  return `${key.replaceAll('\r', '').trim()}\n`;
}
