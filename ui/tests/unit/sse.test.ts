import { describe, expect, it } from 'vitest';
import { MESSAGE_LENGTH_MAX, SseParser, type SseMessage } from '../../src/lib/sse.ts';

const read = (...pieces: string[]): SseMessage[] => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('an event stream', () => {
  const stream = ': hello\n\nid: 1\ndata: {"a":1}\n\ndata: level\n\nid:2\nevent: x\ndata: one\ndata: two\n\n';
  const messages = [
    { id: '1', data: '{"a":1}' },
    { id: null, data: 'level' },
    { id: '2', data: 'one\ntwo' },
  ];

  it('gives its messages, each with its own id', () => expect(read(stream)).toEqual(messages));

  it('may be cut anywhere', () => {
    for (let at = 0; at <= stream.length; at += 1) expect(read(stream.slice(0, at), stream.slice(at))).toEqual(messages);
    expect(read(...stream)).toEqual(messages);
  });

  it('may end its lines in any way, even in the middle of a line end', () => {
    const other = stream.replaceAll('\n', '\r\n');
    expect(read(other)).toEqual(messages);
    expect(read(...other)).toEqual(messages);
  });

  it('gives nothing for an unfinished message', () => expect(read('id: 1\ndata: half')).toEqual([]));

  it('has a longest message', () => {
    const parser = new SseParser();
    const piece = `data: ${'x'.repeat(MESSAGE_LENGTH_MAX / 4)}\n`;
    expect(() => Array.from({ length: 5 }, () => parser.push(piece))).toThrow('too long');
  });
});
