/** The browser's storage, which may be switched off or full: then nothing is kept, and nothing breaks. */
export const stored = {
  read(name: string): string | null {
    try {
      return localStorage.getItem(`ringback.${name}`);
    } catch {
      return null;
    }
  },
  /** `null` forgets. */
  write(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`ringback.${name}`);
      else localStorage.setItem(`ringback.${name}`, value);
    } catch {
      // Not kept.
    }
  },
};
