import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const LIMIT = 64 * 1024;
const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export interface WebSocketConnection {
  send(text: string): void;
  onMessage: (text: string) => void;
  onClose: () => void;
}

/** One frame of a server: final, unmasked. */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** Takes one whole frame of a client off the front of `data`; undefined until it is complete. */
export function decodeFrame(data: Buffer): { opcode: number; payload: Buffer; rest: Buffer } | undefined {
  if (data.length < 2) return undefined;
  const short = (data[1] as number) & 0x7f;
  const offset = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (data.length < offset + 4) return undefined;
  const length =
    short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  if (length > LIMIT) throw new Error('frame too large');
  if (((data[1] as number) & 0x80) === 0) throw new Error('a client must mask its frames');
  const end = offset + 4 + length;
  if (data.length < end) return undefined;
  const mask = data.subarray(offset, offset + 4);
  const payload = Buffer.from(data.subarray(offset + 4, end));
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (mask[i % 4] as number);
  return { opcode: (data[0] as number) & 0x0f, payload, rest: data.subarray(end) };
}

/** Answers the handshake of RFC 6455 and serves text frames; fragments are not needed by any client we know. */
export function acceptWebSocket(req: IncomingMessage, socket: Duplex): WebSocketConnection {
  const key = String(req.headers['sec-websocket-key'] ?? '');
  const accept = createHash('sha1')
    .update(key + MAGIC)
    .digest('base64');
  const protocol = req.headers['sec-websocket-protocol'];
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
  );
  const connection: WebSocketConnection = {
    send: (text) => void socket.write(encodeFrame(TEXT, Buffer.from(text))),
    onMessage: () => undefined,
    onClose: () => undefined,
  };
  const ping = setInterval(() => socket.write(encodeFrame(PING, Buffer.alloc(0))), 30_000);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    try {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = decodeFrame(rest); frame; frame = decodeFrame(rest)) {
        rest = Buffer.from(frame.rest);
        if (frame.opcode === CLOSE) socket.end(encodeFrame(CLOSE, frame.payload));
        else if (frame.opcode === PING) socket.write(encodeFrame(PONG, frame.payload));
        else if (frame.opcode === TEXT) connection.onMessage(frame.payload.toString('utf8'));
      }
    } catch {
      socket.destroy();
    }
  });
  socket.on('close', () => {
    clearInterval(ping);
    connection.onClose();
  });
  return connection;
}
