import { FRAME_BYTES } from '../../audio/frame.ts';
import { askForMicrophone, Microphone, release, whyNone } from '../../audio/microphone.ts';
import type { Listening } from './listening.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** Voice that waits to be sent beyond this, bytes (half a second), is late anyhow. */
const BACKLOG_BYTES_MAX = 25 * FRAME_BYTES;
const NO_MICROPHONE = {
  blocked: 'Allow the microphone for this page in your browser, then try again.',
  absent: 'No microphone was found. Connect one, then try again.',
  held: 'Another program holds the microphone. Close it, then try again.',
  insecure: 'Browsers give the microphone only to pages on this machine or over https.',
} as const;
/** Why the call is not ours any more, by the server's word. */
const REFUSED: Record<string, string> = {
  not_live: 'Nobody has answered yet, or the call is ending.',
  taken_over: 'Somebody has taken this call over in another window.',
  already_ended: 'The call has ended.',
};

/** Speaking in the agent's place: off until it is asked for, and handed back when the page goes. */
export class Speaking {
  state = $state<'off' | 'starting' | 'on'>('off');

  readonly #url: string;
  readonly #listening: Listening;
  #socket: WebSocket | null = null;
  #microphone: Microphone | null = null;
  /** Counts the tries, so that a late microphone of an earlier one is let go. */
  #turn = 0;

  constructor(url: string, listening: Listening) {
    this.#url = url;
    this.#listening = listening;
  }

  /** Takes the call over. Must be called in answer to a click. */
  async start(): Promise<void> {
    if (this.state !== 'off') return;
    this.state = 'starting';
    const turn = ++this.#turn;
    let stream: MediaStream;
    try {
      stream = await askForMicrophone();
    } catch (error) {
      this.state = 'off';
      toasts.add('You cannot speak with them', NO_MICROPHONE[whyNone(error)]);
      return;
    }
    if (turn !== this.#turn) return release(stream);
    this.#listening.onlyCallee(true);
    const microphone = (this.#microphone = new Microphone(stream, () => this.stop()));
    const url = new URL(this.#url, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = (this.#socket = new WebSocket(url));
    socket.onopen = () => (this.state = 'on');
    socket.onclose = ({ reason }) => {
      if (this.#socket === socket) this.#end(reason === 'handed_back' ? null : (REFUSED[reason] ?? 'The connection broke off.'));
    };
    try {
      await microphone.open((frame) => {
        if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < BACKLOG_BYTES_MAX) socket.send(frame);
      });
    } catch (error) {
      if (turn === this.#turn) this.#end('The microphone could not be opened.');
      console.error(error);
    }
  }

  /** Gives the call back to the agent. */
  stop(): void {
    if (this.state === 'off') return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('hand_back');
    this.#end(null);
  }

  #end(problem: string | null): void {
    this.#turn += 1;
    const socket = this.#socket;
    this.#socket = null;
    // What is under way is still sent; the server closes after its word.
    setTimeout(() => socket?.close(), 500);
    void this.#microphone?.close();
    this.#microphone = null;
    this.#listening.onlyCallee(false);
    this.state = 'off';
    if (problem) toasts.add('The agent has the call', problem);
  }
}
