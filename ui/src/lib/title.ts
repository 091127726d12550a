import { clock, phone } from './format.ts';

/** The document's title during a call: `● 0:42 – calling Tony’s`. */
export function callTitle(seconds: number, callee: string | null, number: string): string {
  return `● ${clock(seconds)} – calling ${callee ?? phone(number)}`;
}
