const HOUR_S = 3600;

/** A running time as on a telephone: `0:42`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor((whole % HOUR_S) / 60);
  const tail = `${minutes}:${two(whole % 60)}`;
  return whole >= HOUR_S ? `${Math.floor(whole / HOUR_S)}:${two(minutes)}:${two(whole % 60)}` : tail;
}

/** A moment within a call, from milliseconds: `0:24`. */
export const moment = (ms: number): string => clock(ms / 1000);

/** A length of time in words: `42 seconds`, `1 minute`, `3 min 12 s`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return whole === 1 ? '1 second' : `${whole} seconds`;
  const minutes = Math.floor(whole / 60);
  const rest = whole % 60;
  if (rest > 0) return `${minutes} min ${rest} s`;
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** A short measured time, for badges: `640 ms`, `2.1 s`. */
export function measured(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The middle value; of an even number of values, the upper of the two in the middle. `null` of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** A phone number as people write it. Only the North American form is known; others are shown as they are. */
export function phone(e164: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return parts ? `+1 (${parts[1]}) ${parts[2]}-${parts[3]}` : e164;
}

/** Whether a text can be read as a full number with its country code; the engine's own rule. */
export function isPhone(text: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(text.trim().replace(/[\s\-.()]/g, ''));
}

/** A detail's name as people read it: `delivery_address` → `Delivery address`. */
export function label(name: string): string {
  const known: Record<string, string> = {
    user_name: 'Your name',
    callback_number: 'Call-back number',
    target_phone_number: 'Number to call',
    callee_name: 'Who is called',
    fulfilment: 'Delivery or pickup',
  };
  const spaced = name.replaceAll('_', ' ');
  return known[name] ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A time of day: `14:02`, in the reader's own manner. */
export function timeOfDay(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' });
}

/** A day: `Today`, `Yesterday`, `Saturday, November 28`. */
export function day(iso: string, now: Date): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return at.toLocaleDateString(undefined, { weekday: 'long', month: 'long', day: 'numeric', ...year });
}

/** How long ago, for a list: `now`, `5 min`, `3 h`, `Nov 21`. */
export function ago(iso: string, now: Date): string {
  const at = new Date(iso);
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (Number.isNaN(minutes)) return '';
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return at.toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
}

/** Millionths of a currency, rounded up: `$1.20`. Less than a cent has four places. */
export function money(currency: string, micros: number): string {
  const places = micros === 0 || micros >= 10_000 ? 2 : 4;
  const unit = 10 ** (6 - places);
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits }).format((Math.ceil(micros / unit) * unit) / 1_000_000);
}
