import { clock, phone, span } from '../lib/format.ts';
import type { View } from './state.ts';

/** Who calls, for people. */
export const caller = (from: string): string => (from === '' ? 'Ringback' : phone(from));

const ENDED = {
  you_hung_up: 'You hung up',
  caller_hung_up: 'The caller hung up',
  declined: 'You declined the call',
  missed: 'Missed call',
  lost: 'The connection broke',
} as const;

const MORE = {
  you_hung_up: '',
  caller_hung_up: '',
  declined: 'The caller is told that the line is busy.',
  missed: 'It was not answered in time, or the caller gave up.',
  lost: 'That ended the call for the caller too.',
} as const;

/** How a call ended, in a heading and a line. */
export function ending(view: Extract<View, { is: 'ended' }>): { heading: string; line: string } {
  const length = view.seconds === null ? '' : `The call took ${span(view.seconds)}.`;
  return { heading: ENDED[view.how], line: [length, MORE[view.how]].filter(Boolean).join(' ') };
}

/** What a screen reader says when the view changes. */
export function announcement(view: View, number: string): string {
  switch (view.is) {
    case 'connecting':
      return '';
    case 'reconnecting':
      return 'The connection to Ringback broke. Reconnecting.';
    case 'waiting':
      return `Waiting for a call to ${phone(number)}.`;
    case 'ringing':
      return `Incoming call from ${caller(view.from)}.`;
    case 'talking':
      return 'Connected. You can talk.';
    case 'elsewhere':
      return 'Another tab has the call.';
    case 'ended': {
      const { heading, line } = ending(view);
      return `${heading}. ${line}`;
    }
  }
}

/** The document's title; while it rings it changes with every beat, so that a tab in the background is seen. */
export function title(view: View, nowMs: number): string {
  switch (view.is) {
    case 'ringing':
      return Math.floor(nowMs / 1000) % 2 === 0 ? '☎ Incoming call' : `☎ ${caller(view.from)}`;
    case 'talking':
      return `● ${clock((nowMs - view.talk.sinceMs) / 1000)} – Ringback phone`;
    case 'connecting':
    case 'reconnecting':
    case 'waiting':
    case 'elsewhere':
    case 'ended':
      return 'Ringback phone';
  }
}
