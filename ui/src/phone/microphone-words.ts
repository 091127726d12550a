import type { MicrophoneState } from './phone.svelte.ts';

interface Words {
  line: string;
  /** Whether the caller will not hear the user. */
  bad: boolean;
}

const LISTEN = 'You can still answer and listen; the caller will not hear you.';

/** What is said about the microphone. */
export const MICROPHONE: Record<MicrophoneState, Words> = {
  unasked: { line: 'The browser will ask whether this page may use the microphone', bad: false },
  asking: { line: 'Your browser is asking whether this page may use the microphone', bad: false },
  ready: { line: 'The microphone is ready', bad: false },
  blocked: { line: `The microphone is blocked. Allow it beside the browser’s address, then try again. ${LISTEN}`, bad: true },
  absent: { line: `No microphone was found. Plug one in, then try again. ${LISTEN}`, bad: true },
  held: { line: `Another program holds the microphone. Close it there, then try again. ${LISTEN}`, bad: true },
  insecure: { line: `Browsers give the microphone to pages of this machine only: open this page at 127.0.0.1. ${LISTEN}`, bad: true },
};
