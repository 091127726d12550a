/** A line that was cut off: what was heard, and what was prepared but never reached the other side. */
export interface CutLine {
  heard: string;
  unheard: string;
}

/**
 * Splits an interrupted line where it was cut. `heard` is normally how `text` begins; if the two differ (a transcript that was
 * corrected later), the words they share at the beginning are taken as heard.
 */
export function cut(text: string, heard: string): CutLine {
  const trimmed = heard.trim();
  if (text.startsWith(trimmed)) return { heard: trimmed, unheard: text.slice(trimmed.length).trim() };
  const words = text.split(/\s+/);
  const heardWords = trimmed.split(/\s+/);
  let shared = 0;
  while (shared < words.length && plain(words[shared]) === plain(heardWords[shared])) shared += 1;
  return { heard: words.slice(0, shared).join(' '), unheard: words.slice(shared).join(' ') };
}

function plain(word: string | undefined): string | undefined {
  return word?.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
