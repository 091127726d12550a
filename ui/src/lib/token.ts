import { stored } from './stored.ts';

const listeners = new Set<() => void>();

/** The access token, for an engine that asks for one. It stays in this browser. */
export const token = {
  get: () => stored.read('token'),
  set: (secret: string) => stored.write('token', secret === '' ? null : secret),
  /** Tells that the engine refused what it was given. */
  refused: () => listeners.forEach((listener) => listener()),
  onRefused: (listener: () => void) => void listeners.add(listener),
};
