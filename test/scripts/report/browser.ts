import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Debian's Chromium, where somebody installed it: 400 MB are too much to ask of everybody. */
export const chromium = (process.env.PATH ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'chromium'))
  .find((path) => existsSync(path));

export interface Look {
  width: number;
  dark?: boolean;
}

export interface Seen {
  /** What the browser complained of: console, network, policy. */
  complaints: string[];
  /** Pixels by which the page is wider than the window. */
  overhang: number;
  /** Elements that reach beyond the right edge of the page's text. */
  outside: string[];
  /** Size in pixels of the smallest text there is to read. */
  smallest: number;
  png: Buffer;
}

interface Message {
  id?: number;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the protocol's own, https://chromedevtools.github.io/devtools-protocol/
  params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  result?: any;
  error?: { message: string };
}

/** A browser of its own for `work`, which is handed a way to look at a page. */
export async function withBrowser<T>(
  work: (look: (url: string, how: Look) => Promise<Seen>) => Promise<T>,
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'coop-browser-'));
  const child = spawn(
    chromium as string,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--hide-scrollbars'],
      ...['--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (found) resolve(found);
      });
      child.on('close', () => reject(new Error(`chromium ended:\n${said.slice(-2000)}`)));
      child.on('error', reject);
    });
    const pages = await fetch(address.replace(/^ws:\/\/([^/]+).*$/, 'http://$1/json/list'));
    const [page] = (await pages.json()) as { webSocketDebuggerUrl: string }[];
    return await work((url, how) => look(page?.webSocketDebuggerUrl ?? '', url, how));
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function look(debuggerUrl: string, url: string, { width, dark }: Look): Promise<Seen> {
  const socket = new WebSocket(debuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  let loaded = () => {};
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    if (message.method === 'Page.loadEventFired') loaded();
    if (message.method === 'Log.entryAdded') complaints.push(message.params.entry.text);
    if (message.method === 'Runtime.consoleAPICalled') complaints.push(JSON.stringify(message.params.args));
    if (message.method === 'Runtime.exceptionThrown') complaints.push(message.params.exceptionDetails.text);
  };
  let last = 0;
  const call = async (method: string, params: object = {}) => {
    const id = ++last;
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const evaluate = async (expression: string) =>
    (await call('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  try {
    for (const domain of ['Page', 'Log', 'Runtime']) await call(`${domain}.enable`);
    await call('Emulation.setDeviceMetricsOverride', {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: true,
    });
    await call('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
    });
    const done = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    await call('Page.navigate', { url });
    await done;
    const overhang = await evaluate(`document.documentElement.scrollWidth - ${width}`);
    const outside = await evaluate(
      `[...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > document.querySelector('main').getBoundingClientRect().right + 1 && getComputedStyle(e).position !== 'absolute').map((e) => e.outerHTML.slice(0, 80))`,
    );
    const smallest = await evaluate(
      `Math.min(...[...document.body.querySelectorAll('*')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())).map((e) => parseFloat(getComputedStyle(e).fontSize)))`,
    );
    const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true });
    return { complaints, overhang, outside, smallest, png: Buffer.from(data, 'base64') };
  } finally {
    socket.close();
  }
}
