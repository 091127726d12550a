// The recording of the canned call, as the engine serves it: a stereo µ-law WAV file, whole or in part.
import { encode } from './audio.mjs';

const HEADER_BYTES = 58;
const FRAME_MS = 20;

function header(sound) {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(sound + HEADER_BYTES - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(18, 16);
  bytes.writeUInt16LE(7, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('fact', 38);
  bytes.writeUInt32LE(4, 42);
  bytes.writeUInt32LE(sound / 2, 46);
  bytes.write('data', 50);
  bytes.writeUInt32LE(sound, 54);
  return bytes;
}

export function recording(request, response, lines, { seconds }) {
  const speaks = (speaker, ms) => lines.some((line) => line.speaker === speaker && line.start_ms <= ms && ms < line.end_ms);
  const frames = [];
  for (let ms = 0; ms < seconds * 1000; ms += FRAME_MS) frames.push(encode(ms, FRAME_MS, speaks('callee', ms), speaks('agent', ms)));
  const sound = Buffer.concat(frames);
  const file = Buffer.concat([header(sound.length), sound]);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const head = { 'Content-Type': 'audio/wav', 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-store' };
  if (!range) {
    response.writeHead(200, { ...head, 'Content-Length': file.length });
    return response.end(file);
  }
  const first = Number(range[1]);
  const last = range[2] === '' ? file.length - 1 : Math.min(Number(range[2]), file.length - 1);
  response.writeHead(206, { ...head, 'Content-Length': last - first + 1, 'Content-Range': `bytes ${first}-${last}/${file.length}` });
  return response.end(file.subarray(first, last + 1));
}
