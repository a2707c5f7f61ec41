export type MediaKind = 'image' | 'gifv' | 'video' | 'audio' | 'unknown';

export interface MediaType {
  kind: MediaKind;
  contentType: string;
  extension: string;
}

const image = (name: string, extension = name): MediaType => ({
  kind: 'image',
  contentType: `image/${name}`,
  extension,
});
const video = (name: string, extension = name): MediaType => ({
  kind: 'video',
  contentType: `video/${name}`,
  extension,
});
const audio = (name: string, extension = name): MediaType => ({
  kind: 'audio',
  contentType: `audio/${name}`,
  extension,
});

/** Recognises a file by its first bytes; what it claims to be counts for nothing. */
export function sniff(head: Buffer): MediaType | undefined {
  const text = head.toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return image('png');
  if (text.startsWith('\xff\xd8\xff')) return image('jpeg', 'jpg');
  if (/^GIF8[79]a/.test(text)) return image('gif');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return image('webp');
  if (text.slice(4, 8) === 'ftyp') {
    const brand = text.slice(8, 12);
    if (brand === 'avif') return image('avif');
    if (['heic', 'heix', 'mif1'].includes(brand)) return image('heic');
    if (brand === 'qt  ') return video('quicktime', 'mov');
    return brand.startsWith('M4A') ? audio('mp4', 'm4a') : video('mp4');
  }
  if (text.startsWith('\x1aE\xdf\xa3')) return video('webm');
  if (text.startsWith('OggS')) return audio('ogg');
  if (text.startsWith('fLaC')) return audio('flac');
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return audio('wav');
  if (text.startsWith('ID3') || /^\xff[\xfb\xf3\xf2]/.test(text)) return audio('mpeg', 'mp3');
  return undefined;
}

/** Width and height of a PNG, GIF or JPEG; undefined for what is not understood. */
export function imageSize(head: Buffer): { width: number; height: number } | undefined {
  if (head.length >= 24 && head.readUInt32BE(0) === 0x89504e47)
    return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  if (head.length >= 10 && head.toString('latin1', 0, 3) === 'GIF')
    return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < head.length; at += 2 + head.readUInt16BE(at + 2)) {
    const marker = head.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
  }
  return undefined;
}

const MEGABYTE = 1024 * 1024;
/** Mastodon's MediaAttachment limits, in bytes. */
export const IMAGE_LIMIT = 16 * MEGABYTE;
export const VIDEO_LIMIT = 99 * MEGABYTE;

export const KINDS: MediaKind[] = ['image', 'gifv', 'video', 'unknown', 'audio'];
