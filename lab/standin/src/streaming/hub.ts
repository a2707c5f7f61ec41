import type { App } from '../core/app.ts';
import { log } from '../core/log.ts';
import { openRedis } from '../core/redis.ts';

export type Listener = (event: string, payload: string) => void;

export interface Hub {
  /** Listens on channels; returns how to leave. */
  join(channels: string[], listener: Listener): () => void;
}

/** One Redis subscription per channel, however many listen. */
export function createHub(app: App): Hub {
  const redis = openRedis(app.env);
  const listeners = new Map<string, Set<Listener>>();
  redis.on('message', (channel: string, text: string) => {
    try {
      const { event, payload } = JSON.parse(text) as { event: string; payload: unknown };
      const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
      for (const listener of listeners.get(channel) ?? []) listener(event, data);
    } catch (error) {
      log.warn(`unreadable message on ${channel}: ${(error as Error).message}`);
    }
  });
  return {
    join(channels, listener) {
      for (const channel of channels) {
        const set = listeners.get(channel) ?? new Set();
        if (set.size === 0) void redis.subscribe(channel);
        listeners.set(channel, set.add(listener));
      }
      return () => {
        for (const channel of channels) {
          const set = listeners.get(channel);
          set?.delete(listener);
          if (set?.size === 0) {
            listeners.delete(channel);
            void redis.unsubscribe(channel);
          }
        }
      };
    },
  };
}
