import { VisibleError } from '../../../components/errors.ts';
import { showBackend } from '../../lib/backend.ts';
import { readLocks } from '../locks.ts';
import { stands } from '../state.ts';
import { type Check, type Finding, failure, ok, type Patient, skipped, warning } from '../types.ts';

/** Pulumi's state: logged in, reachable, the stack in it, and nobody else at work. */
export const state: Check = {
  name: 'state',
  async run(patient) {
    const { context, stack } = patient;
    const { backend } = context;
    if (!backend)
      return [
        failure(
          'Pulumi is not logged in to any state',
          "the state's bucket is in docs/second-admin.md; then: pulumi login 's3://BUCKET?endpoint=HOST&region=REGION'",
        ),
      ];
    if (stack === undefined) return [ok(`${showBackend(backend)} (looked into when a stack is named)`)];
    const [found, locked] = await Promise.all([inState(patient, stack), locks(patient, backend, stack)]);
    return [found, ...locked];
  },
};

async function inState(patient: Patient, stack: string): Promise<Finding> {
  const where = showBackend(patient.context.backend);
  try {
    const found = await patient.state();
    if (!found)
      return warning(
        `${where} knows no stack ${stack}`,
        `a new one: coop init ${stack}; an old one: another state, see pulumi login`,
      );
    if (!stands(found)) return ok(`${where}: ${stack} is there, and nothing was made yet`);
    return ok(`${where}: ${stack}, ${found.resources.length} resources`);
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    return failure(
      `${where} cannot be read: ${error.message.split(' — ')[0]}`,
      "check the state's keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), or log in again: pulumi login",
    );
  }
}

async function locks({ context, now }: Patient, backend: string, stack: string): Promise<Finding[]> {
  const found = await readLocks(backend, stack, context.env).catch((error) =>
    error instanceof VisibleError ? error : undefined,
  );
  if (found instanceof VisibleError) {
    const [what, where, remedy] = found.message.split(' — ');
    return [warning(`${what}: ${where}`, `${remedy} --stack ${stack}`)];
  }
  if (found === undefined) return [skipped('locks: this state does not let us look; pulumi up would say')];
  if (found.length === 0) return [ok('nobody holds a lock')];
  return found.map(({ username, hostname, pid, timestamp }) => {
    const minutes = Math.round((now.getTime() - Date.parse(timestamp)) / 60_000);
    return warning(
      `locked by ${username} on ${hostname} (process ${pid}) since ${timestamp.slice(0, 16).replace('T', ' ')} UTC, ${minutes} minutes ago`,
      `ask them; only when that run is dead for sure: pulumi cancel --stack ${stack}`,
    );
  });
}
