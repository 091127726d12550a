/** One message of a server-sent event stream. */
export interface SseMessage {
  /** The stream's position after this message; `null` when the message carries none. */
  id: string | null;
  data: string;
}

/** Text that a single message may at most take, in characters. A longer one is a broken server, not a message. */
export const MESSAGE_LENGTH_MAX = 4_000_000;

/**
 * Reads server-sent events from text that arrives in arbitrary pieces. Comments and unknown fields are skipped, as the HTML
 * standard asks ("9.2.6 Interpreting an event stream").
 */
export class SseParser {
  #rest = '';
  #data: string[] = [];
  #length = 0;
  #id: string | null = null;

  /** Takes the next piece and returns the messages that it completed. */
  push(piece: string): SseMessage[] {
    const messages: SseMessage[] = [];
    let text = this.#rest + piece;
    // A carriage return at the very end may be half of a line end.
    const held = text.endsWith('\r') ? '\r' : '';
    if (held) text = text.slice(0, -1);
    const lines = text.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? '') + held;
    for (const line of lines) {
      const message = this.#line(line);
      if (message) messages.push(message);
    }
    if (this.#rest.length + this.#length > MESSAGE_LENGTH_MAX) throw new Error('a message of the event stream is too long');
    return messages;
  }

  #line(line: string): SseMessage | null {
    if (line === '') {
      const message = this.#data.length > 0 ? { id: this.#id, data: this.#data.join('\n') } : null;
      this.#data = [];
      this.#length = 0;
      this.#id = null;
      return message;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
      this.#length += value.length;
    } else if (field === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
    return null;
  }
}
