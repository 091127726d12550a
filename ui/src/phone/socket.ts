import { FRAME_BYTES } from '../audio/frame.ts';
import { read, type Asked, type Told } from './messages.ts';

const RETRY_MS = [500, 1000, 2000, 4000] as const;
/** Audio that waits to be sent beyond this, bytes (a second), is late anyhow. */
const BACKLOG_BYTES_MAX = 50 * FRAME_BYTES;

interface Hooks {
  told: (told: Told) => void;
  heard: (frame: Uint8Array<ArrayBuffer>) => void;
  cut: () => void;
}

/** The phone's socket, which connects again for as long as the page is open. */
export class PhoneSocket {
  readonly #hooks: Hooks;
  #socket: WebSocket | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
    addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.retry());
    this.#connect();
  }

  ask(asked: Asked): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(asked));
  }

  speak(frame: Uint8Array<ArrayBuffer>): void {
    const socket = this.#socket;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < BACKLOG_BYTES_MAX) socket.send(frame);
  }

  /** Tries at once, if it is waiting to try. */
  retry(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect(): void {
    this.#timer = null;
    const url = new URL('/phone/socket', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#failures = 0;
      if (typeof data !== 'string') return this.#hooks.heard(new Uint8Array(data));
      const told = read(data);
      if (told) this.#hooks.told(told);
    };
    socket.onclose = () => {
      const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
      this.#failures += 1;
      this.#timer = setTimeout(() => this.#connect(), wait);
      this.#hooks.cut();
    };
    this.#socket = socket;
  }
}
