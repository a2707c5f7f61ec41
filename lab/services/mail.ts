import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { readBody } from './read-body.ts';

/** A mail as it arrived: a line of .lab/mail/messages.jsonl. */
export interface StoredMail {
  time: string;
  port: number;
  secure: boolean;
  source: string;
  /** The name it logged in with; never the password. */
  user?: string;
  from: string;
  to: string[];
  raw: string;
}

/** A mail server that takes everything and delivers nothing; it asks for no password and accepts any. */
export function createMailSink(
  options: { dir: string; port: number; cert?: Buffer; key?: Buffer },
  count: (what: 'connection' | 'mail') => void = () => {},
): SMTPServer {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  return new SMTPServer({
    name: 'mail.lab.test',
    banner: 'the lab keeps every mail and delivers none',
    authOptional: true,
    disableReverseLookup: true,
    size: 64 << 20,
    ...(options.cert && options.key ? { cert: options.cert, key: options.key } : {}),
    onConnect: (_session, done) => {
      count('connection');
      done();
    },
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anonymous' }),
    onData: (stream, session, done) => {
      readBody(stream, 64 << 20)
        .then((raw) => {
          const mail: StoredMail = {
            time: new Date().toISOString(),
            port: options.port,
            secure: session.secure,
            source: session.remoteAddress.replace(/^::ffff:/, ''),
            ...(session.user ? { user: String(session.user) } : {}),
            from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
            to: session.envelope.rcptTo.map((each) => each.address),
            raw: raw.toString('utf8'),
          };
          appendFileSync(join(options.dir, 'messages.jsonl'), `${JSON.stringify(mail)}\n`);
          count('mail');
          done();
        })
        .catch(done);
    },
  });
}

if (import.meta.main) {
  const { paths } = await import('../paths.ts');
  const { addresses, cert, key, ports } = JSON.parse(process.env.MAIL ?? '{}');
  const tls = { cert: readFileSync(cert), key: readFileSync(key) };
  const file = join(paths.mail, 'connections');
  const count = (what: string) => {
    if (what === 'connection') appendFileSync(file, `${new Date().toISOString()}\n`);
  };
  for (const port of ports as number[])
    for (const address of addresses as string[]) {
      const server = createMailSink({ dir: paths.mail, port, ...tls }, count);
      // A client that hangs up in the middle of TLS is no reason to end.
      server.on('error', (error) => {
        console.log(error.message);
        if ('syscall' in error && error.syscall === 'listen') process.exit(1);
      });
      server.listen(port, address);
    }
}
