import { stored } from '../stored.ts';

/** The single-key shortcuts; they can be switched off, since speech input and some keyboards press keys by accident (WCAG 2.1.4). */
class Shortcuts {
  enabled = $state(stored.read('shortcuts') !== 'off');

  set(enabled: boolean): void {
    this.enabled = enabled;
    stored.write('shortcuts', enabled ? null : 'off');
  }
}

export const shortcuts = new Shortcuts();

/** Whether a key press belongs to what the user is writing or choosing, and not to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector('dialog[open]')) return true;
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;
}
