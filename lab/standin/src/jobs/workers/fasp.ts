import type { App } from '../../core/app.ts';

/** Would tell discovery providers of new content; the stand-in has none and only counts. */
export async function announceLifecycle(app: App, _statusId: string, event: string): Promise<void> {
  await app.redis.hincrby('standin:fasp', event, 1);
}
