import workletUrl from './capture.worklet.ts?worker&url';

/** Why there is no microphone. */
export type NoMicrophone = 'blocked' | 'absent' | 'held' | 'insecure';

/** Asks the browser for the microphone; the user may have to allow it. Throws; `whyNone` tells what to say. */
export async function askForMicrophone(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
}

/** Why the browser gave no microphone. */
export function whyNone(error: unknown): NoMicrophone {
  // Pages that are neither on this machine nor encrypted have no `mediaDevices` at all.
  if (!globalThis.isSecureContext) return 'insecure';
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotReadableError' || name === 'AbortError') return 'held';
  return 'absent';
}

/** Gives up the microphone, so that the browser's sign for it goes out. */
export function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Turns the microphone's sound into frames of 20 ms of µ-law. */
export class Microphone {
  readonly #context = new AudioContext({ latencyHint: 'interactive' });
  readonly #stream: MediaStream;

  /** `onLost` is called when the microphone is unplugged, or taken away from the page. */
  constructor(stream: MediaStream, onLost: () => void) {
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) track.addEventListener('ended', onLost, { once: true });
  }

  async open(onFrame: (frame: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    await this.#context.audioWorklet.addModule(workletUrl);
    await this.#context.resume();
    const node = new AudioWorkletNode(this.#context, 'capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = (message: MessageEvent<Uint8Array<ArrayBuffer>>) => onFrame(message.data);
    new MediaStreamAudioSourceNode(this.#context, { mediaStream: this.#stream }).connect(node);
  }

  async close(): Promise<void> {
    release(this.#stream);
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}
