import { stored } from '../stored.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };

/** The chosen theme. boot/theme.js applies it before the first paint; from then on this does. */
class Theme {
  choice = $state<ThemeChoice>(read());

  next(): void {
    this.choice = NEXT[this.choice];
    stored.write('theme', this.choice === 'system' ? null : this.choice);
    if (this.choice === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.choice;
  }
}

function read(): ThemeChoice {
  const kept = stored.read('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export const theme = new Theme();
