import { CallPlayer } from '../../audio/player.ts';
import { stored } from '../stored.ts';
import { toasts } from './toasts.svelte.ts';

const VOLUME_DEFAULT = 0.8;

/** Listening in to a call: off until it is asked for. */
export class Listening {
  state = $state<'off' | 'starting' | 'on'>('off');
  /** 0 to 1. */
  volume = $state(readVolume());

  readonly #url: string;
  #player: CallPlayer | null = null;
  #calleeOnly = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** Must be called in answer to a click. */
  toggle(): void {
    if (this.state === 'off') void this.#start();
    else this.stop();
  }

  stop(): void {
    void this.#player?.stop();
    this.#player = null;
    this.state = 'off';
  }

  /** Whether only the other side is heard. Turning it on begins to listen; must then be called in answer to a click. */
  onlyCallee(only: boolean): void {
    this.#calleeOnly = only;
    if (this.#player) this.#player.calleeOnly = only;
    else if (only) void this.#start();
  }

  setVolume(volume: number): void {
    this.volume = volume;
    stored.write('volume', String(volume));
    if (this.#player) this.#player.volume = volume;
  }

  async #start(): Promise<void> {
    this.state = 'starting';
    let player: CallPlayer | null = null;
    try {
      player = this.#player = new CallPlayer(this.volume);
      player.calleeOnly = this.#calleeOnly;
      await player.play(this.#url, () => {
        if (this.#player === player) this.state = 'on';
      });
    } catch (error) {
      toasts.failed('You cannot listen in at the moment', error);
    }
    if (this.#player === player) this.stop();
  }
}

function readVolume(): number {
  const kept = Number(stored.read('volume') ?? VOLUME_DEFAULT);
  return kept >= 0 && kept <= 1 ? kept : VOLUME_DEFAULT;
}
