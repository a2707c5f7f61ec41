import { refusalsOf } from './refusals.ts';
import type { Fault, State } from './types.ts';

/** Uses up one injected failure, if one waits for this call: throws it, or tells it to be thrown afterwards. */
export function takeFault(
  state: State,
  provider: string,
  type: string,
  op: Fault['op'],
): 'timeout-after' | undefined {
  const fault = state.faults.find(
    (f) => f.provider === provider && f.type === type && f.op === op && f.times > 0,
  );
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times === 0) state.faults.splice(state.faults.indexOf(fault), 1);
  if (fault.kind === 'timeout-after') return 'timeout-after';
  throw refusalsOf(provider)[fault.kind]();
}
