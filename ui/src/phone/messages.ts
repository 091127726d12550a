// The messages of the phone's socket; docs/phone.md is their description.

/** How a call ended, as the simulator tells it. */
export type How = 'you_hung_up' | 'caller_hung_up' | 'declined' | 'missed';

/** What the simulator tells: always what is the case now. */
export type Told =
  | { type: 'waiting'; number: string; ended: { call_sid: string; how: How } | null }
  | { type: 'ringing'; number: string; call_sid: string; from: string }
  | { type: 'in_call'; call_sid: string }
  | { type: 'elsewhere'; call_sid: string };

/** What the page asks for. */
export type Asked =
  | { type: 'answer'; call_sid: string }
  | { type: 'decline'; call_sid: string }
  | { type: 'hang_up' }
  | { type: 'digits'; digits: string };

/** Reads a message; `null` if it is of a kind that did not exist when this was written. */
export function read(text: string): Told | null {
  const message = JSON.parse(text) as Told | { type?: unknown };
  switch (message.type) {
    case 'waiting':
    case 'ringing':
    case 'in_call':
    case 'elsewhere':
      return message as Told;
    default:
      return null;
  }
}
