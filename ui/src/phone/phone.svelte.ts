import { decode, FRAME_BYTES, level, SILENCE } from '../audio/frame.ts';
import { askForMicrophone, Microphone, release, whyNone, type NoMicrophone } from '../audio/microphone.ts';
import { Speaker } from '../audio/speaker.ts';
import { Tones, type Key } from '../audio/tones.ts';
import { LEVELS_MAX } from '../lib/call.ts';
import type { Told } from './messages.ts';
import { PhoneSocket } from './socket.ts';
import { next, type Happening, type View } from './state.ts';

/** What is known of the microphone: not asked for, being asked for, ready, or why there is none. */
export type MicrophoneState = 'unasked' | 'asking' | 'ready' | NoMicrophone;

const DIGITS_SHOWN_MAX = 24;
const silence = () => new Uint8Array(FRAME_BYTES).fill(SILENCE);

/** The phone: its line, its sound, and what the user does with both. */
class Phone {
  view = $state.raw<View>({ is: 'connecting' });
  number = $state('+14155550120');
  microphone = $state<MicrophoneState>('unasked');
  /** Whether the page may ring aloud. */
  loud = $state(false);
  muted = $state(false);
  /** Keys pressed in this call. */
  digits = $state('');
  levels = $state.raw<readonly { callee: number; agent: number }[]>([]);
  /** Sound that was really played in this call, milliseconds; silence does not count. */
  heardMs = $state(0);
  /** The call whose answer waits for the microphone. */
  answering = $state<string | null>(null);

  readonly #tones = new Tones();
  #socket: PhoneSocket | null = null;
  #speaker: Speaker | null = null;
  #mouth: Microphone | null = null;
  #ownLevel = 0;

  start(): void {
    this.#socket = new PhoneSocket({
      told: (told) => this.#told(told),
      heard: (frame) => this.#speaker?.play(frame),
      cut: () => this.#happens({ type: 'cut' }),
    });
    this.loud = this.#tones.unlocked;
    for (const gesture of ['pointerup', 'keyup']) addEventListener(gesture, () => void this.#unlock(), { passive: true });
    void this.#knowPermission();
  }

  retry(): void {
    this.#socket?.retry();
  }

  dismiss(): void {
    this.#happens({ type: 'dismissed' });
  }

  /** Asks for the microphone before a call comes, so that nothing is in the way of answering. */
  async prepare(): Promise<void> {
    const stream = await this.#ask();
    if (stream) release(stream);
  }

  /** Answers the call that rings. Must be called in answer to a click. */
  async answer(): Promise<void> {
    if (this.view.is !== 'ringing' || this.answering !== null) return;
    const callSid = this.view.callSid;
    this.answering = callSid;
    this.#speaker = new Speaker();
    void this.#speaker.open(({ level, soundMs }) => this.#played(level, soundMs));
    const stream = await this.#ask();
    // Nobody waits any more: the caller gave up, or it was answered without the microphone.
    if (this.answering !== callSid) {
      if (stream && this.#talksIn(callSid)) await this.#speak(stream);
      else if (stream) release(stream);
      return;
    }
    this.#socket?.ask({ type: 'answer', call_sid: callSid });
    if (stream) await this.#speak(stream);
  }

  /** Answers without waiting for the microphone any longer. */
  answerAndListen(): void {
    if (this.answering === null) return;
    this.#socket?.ask({ type: 'answer', call_sid: this.answering });
    this.answering = null;
  }

  decline(): void {
    if (this.view.is === 'ringing') this.#socket?.ask({ type: 'decline', call_sid: this.view.callSid });
  }

  hangUp(): void {
    this.#socket?.ask({ type: 'hang_up' });
  }

  press(key: Key): void {
    if (this.view.is !== 'talking') return;
    this.#tones.key(key);
    this.#socket?.ask({ type: 'digits', digits: key });
    this.digits = (this.digits + key).slice(-DIGITS_SHOWN_MAX);
  }

  /** Tries the microphone once more in the middle of a call. */
  async retryMicrophone(): Promise<void> {
    const stream = await this.#ask();
    if (!stream) return;
    if (this.view.is === 'talking' && !this.#mouth) await this.#speak(stream);
    else release(stream);
  }

  #told(told: Told): void {
    if (told.type === 'waiting' || told.type === 'ringing') this.number = told.number;
    this.#happens({ type: 'told', told, nowMs: Date.now() });
  }

  #happens(happening: Happening): void {
    const before = this.view;
    this.view = next(before, happening);
    if (this.view.is === 'ringing') this.#tones.ring();
    else this.#tones.stopRinging();
    if (this.view.is === 'talking' && before.is !== 'talking') this.#begin();
    const answers = this.view.is === 'ringing' && this.view.callSid === this.answering;
    if (this.view.is !== 'talking' && !answers) this.#end();
  }

  #talksIn(callSid: string): boolean {
    return this.view.is === 'talking' && this.view.talk.callSid === callSid;
  }

  #begin(): void {
    this.answering = null;
    this.muted = false;
    this.digits = '';
    this.levels = [];
    this.heardMs = 0;
  }

  #end(): void {
    this.answering = null;
    void this.#speaker?.close();
    void this.#mouth?.close();
    this.#speaker = null;
    this.#mouth = null;
    this.#ownLevel = 0;
  }

  async #speak(stream: MediaStream): Promise<void> {
    const mouth = (this.#mouth = new Microphone(stream, () => this.#lost(mouth)));
    try {
      await mouth.open((frame) => {
        if (this.#mouth !== mouth) return;
        const sent = this.muted ? silence() : frame;
        this.#ownLevel = Math.max(this.#ownLevel, level(decode(sent)));
        this.#socket?.speak(sent);
      });
    } catch {
      // The call may have ended meanwhile, and the microphone with it; then this does nothing.
      this.#lost(mouth);
    }
  }

  #lost(mouth: Microphone): void {
    if (this.#mouth !== mouth) return;
    this.#mouth = null;
    this.microphone = 'absent';
    void mouth.close();
  }

  #played(level: number, soundMs: number): void {
    if (this.view.is !== 'talking') return;
    this.heardMs += soundMs;
    this.levels = [...this.levels, { callee: this.#ownLevel, agent: level }].slice(-LEVELS_MAX);
    this.#ownLevel = 0;
  }

  async #ask(): Promise<MediaStream | null> {
    this.microphone = 'asking';
    try {
      const stream = await askForMicrophone();
      this.microphone = 'ready';
      return stream;
    } catch (error) {
      this.microphone = whyNone(error);
      return null;
    }
  }

  async #unlock(): Promise<void> {
    if (this.loud) return;
    await this.#tones.unlock();
    this.loud = this.#tones.unlocked;
  }

  /** What the browser remembers of this page, where it tells. */
  async #knowPermission(): Promise<void> {
    if (!globalThis.isSecureContext || !navigator.mediaDevices) {
      this.microphone = 'insecure';
      return;
    }
    try {
      const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName });
      const take = () => {
        if (this.microphone === 'asking') return;
        if (permission.state === 'granted' && this.microphone !== 'held' && this.microphone !== 'absent') this.microphone = 'ready';
        if (permission.state === 'denied') this.microphone = 'blocked';
        if (permission.state === 'prompt') this.microphone = 'unasked';
      };
      permission.addEventListener('change', take);
      take();
    } catch {
      // This browser does not tell; it is known once it is asked for.
    }
  }
}

export const phone = new Phone();
