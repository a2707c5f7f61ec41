import { connect } from 'node:net';

/** True when something accepts connections there. */
export function listening(...at: [host: string, port: number] | [socket: string]): Promise<boolean> {
  const [host, port] = at;
  const target = port === undefined ? { path: host } : { host, port };
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: 1000 });
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket
      .on('connect', () => done(true))
      .on('error', () => done(false))
      .on('timeout', () => done(false));
  });
}
