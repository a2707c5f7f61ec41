import type { Context } from './context.ts';

export type Handler = (context: Context) => Promise<void> | void;

export interface Route {
  method: string;
  pattern: RegExp;
  names: string[];
  handler: Handler;
}

/** `:name` matches one segment; the answer's `params` carry it decoded. */
export function route(method: string, path: string, handler: Handler): Route {
  const names: string[] = [];
  const source = path.replace(/[.]/g, '\\.').replace(/:(\w+)/g, (_, name: string) => {
    names.push(name);
    return '([^/]+?)';
  });
  return { method, pattern: new RegExp(`^${source}/?$`), names, handler };
}

export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): { handler: Handler; params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    if (candidate.method !== (method === 'HEAD' ? 'GET' : method)) continue;
    const match = candidate.pattern.exec(path);
    if (!match) continue;
    const values = candidate.names.map((name, i) => [name, decode(match[i + 1] ?? '')] as const);
    return { handler: candidate.handler, params: Object.fromEntries(values) };
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
