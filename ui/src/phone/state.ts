import type { How, Told } from './messages.ts';

/** A call that this page has, or had. */
export interface Talk {
  callSid: string;
  from: string;
  /** When it was answered, milliseconds since 1970. */
  sinceMs: number;
}

/** What the phone shows. */
export type View =
  | { is: 'connecting' }
  | { is: 'reconnecting'; talk: Talk | null }
  | { is: 'waiting' }
  | { is: 'ringing'; callSid: string; from: string }
  | { is: 'talking'; talk: Talk }
  | { is: 'elsewhere' }
  | { is: 'ended'; how: How | 'lost'; from: string; seconds: number | null };

/** What happens to the phone. */
export type Happening =
  | { type: 'told'; told: Told; nowMs: number }
  /** The socket is gone. */
  | { type: 'cut' }
  /** The user has read how the call ended. */
  | { type: 'dismissed' };

/** The view after something happened. */
export function next(view: View, happening: Happening): View {
  switch (happening.type) {
    case 'told':
      return told(view, happening.told, happening.nowMs);
    case 'cut':
      if (view.is === 'talking') return { is: 'reconnecting', talk: view.talk };
      // How the last call ended can be read without a connection.
      return view.is === 'connecting' || view.is === 'ended' || view.is === 'reconnecting' ? view : { is: 'reconnecting', talk: null };
    case 'dismissed':
      return view.is === 'ended' ? { is: 'waiting' } : view;
  }
}

function told(view: View, message: Told, nowMs: number): View {
  switch (message.type) {
    case 'waiting':
      return waiting(view, message, nowMs);
    case 'ringing':
      return { is: 'ringing', callSid: message.call_sid, from: message.from };
    case 'in_call': {
      if (view.is === 'talking' && view.talk.callSid === message.call_sid) return view;
      const from = view.is === 'ringing' ? view.from : '';
      return { is: 'talking', talk: { callSid: message.call_sid, from, sinceMs: nowMs } };
    }
    case 'elsewhere':
      return { is: 'elsewhere' };
  }
}

function waiting(view: View, { ended }: Extract<Told, { type: 'waiting' }>, nowMs: number): View {
  const seconds = (talk: Talk) => (nowMs - talk.sinceMs) / 1000;
  switch (view.is) {
    case 'ringing': {
      const how = ended?.call_sid === view.callSid ? ended.how : null;
      // Answered and ended at another page before we were told of the first.
      return how === 'missed' || how === 'declined' ? { is: 'ended', how, from: view.from, seconds: null } : { is: 'waiting' };
    }
    case 'talking': {
      const how = ended?.call_sid === view.talk.callSid ? ended.how : 'lost';
      return { is: 'ended', how, from: view.talk.from, seconds: seconds(view.talk) };
    }
    case 'reconnecting':
      return view.talk ? { is: 'ended', how: 'lost', from: view.talk.from, seconds: seconds(view.talk) } : { is: 'waiting' };
    case 'ended':
      return view;
    case 'connecting':
    case 'waiting':
    case 'elsewhere':
      return { is: 'waiting' };
  }
}
