import { AsyncLocalStorage } from 'node:async_hooks';

const tag = new AsyncLocalStorage<string>();

/** Runs `work` with every line it logs tagged, as Rails tags lines with the request's id. */
export const withTag = <T>(id: string, work: () => T): T => tag.run(id, work);

/** The tag of the running request or job, to hand on to what it starts. */
export const currentTag = (): string | undefined => tag.getStore();

function write(stream: NodeJS.WriteStream, level: string, message: string): void {
  const id = tag.getStore();
  stream.write(`${level} -- : ${id ? `[${id}] ` : ''}${message}\n`);
}

export const log = {
  info: (message: string): void => write(process.stdout, 'INFO', message),
  warn: (message: string): void => write(process.stdout, 'WARN', message),
  error: (message: string): void => write(process.stderr, 'ERROR', message),
};
