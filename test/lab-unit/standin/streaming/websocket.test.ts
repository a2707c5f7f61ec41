import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from '../../../../lab/standin/src/streaming/websocket.ts';

/** A frame as a client sends it: the server's, with a mask. */
function masked(opcode: number, payload: Buffer): Buffer {
  const plain = encodeFrame(opcode, payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const head = Buffer.from(plain.subarray(0, plain.length - payload.length));
  head[1] = (head[1] as number) | 0x80;
  const body = payload.map((byte, i) => byte ^ (mask[i % 4] as number));
  return Buffer.concat([head, mask, body]);
}

test('frames of every size come back, also cut in two and with the next one behind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 66_000, size: 'max' }), fc.nat(70_000), (bytes, at) => {
      const payload = Buffer.from(bytes).subarray(0, 65_000);
      const data = Buffer.concat([masked(1, payload), Buffer.from([0x81])]);
      const cut = at % (data.length - 1);
      expect(decodeFrame(data.subarray(0, cut))).toBeUndefined();
      expect(decodeFrame(data)).toEqual({ opcode: 1, payload, rest: Buffer.from([0x81]) });
    }),
    { numRuns: 25 },
  );
});

test('the example of RFC 6455, 5.7, decodes', () => {
  const frame = Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
  expect(decodeFrame(frame)?.payload.toString()).toBe('Hello');
  expect(encodeFrame(1, Buffer.from('Hello'))).toEqual(
    Buffer.from([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
  );
});

test('a client that masks nothing or sends too much is cut off', () => {
  expect(() => decodeFrame(Buffer.concat([encodeFrame(1, Buffer.from('Hello')), Buffer.alloc(4)]))).toThrow(
    'mask',
  );
  expect(() => decodeFrame(masked(1, Buffer.alloc(70_000)).subarray(0, 20))).toThrow('too large');
});
