import { untrack } from 'svelte';

/** Nearer to the end than this, in CSS pixels, counts as at the end. */
const NEAR_PX = 48;
/** What is kept free above something that is shown from its beginning. */
const ABOVE_PX = 12;

/** A scrolled box that stays at its end while things are added, unless the reader has scrolled away. */
export class Sticky {
  /** Whether it follows the end. */
  stuck = $state(true);
  #box: HTMLElement | null = null;
  /** Where it was last put; a scroll to there is not the reader's. */
  #putAt = -1;
  #lastWhole: HTMLElement | null = null;

  /** To be attached to the box. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.#box = box;
    const onScroll = () => {
      const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      this.stuck = atEnd || Math.abs(box.scrollTop - this.#putAt) < 2;
    };
    // The box itself changes its height too: the keyboard of a phone, the call's panel.
    const observer = new ResizeObserver(() => this.keep(this.#lastWhole));
    box.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(box);
    return () => {
      box.removeEventListener('scroll', onScroll);
      observer.disconnect();
      this.#box = null;
    };
  };

  /** To be called when something was added. `whole` is to be read from its beginning, even if the end then is out of sight. */
  keep(whole: HTMLElement | null = null): void {
    this.#lastWhole = whole;
    const box = this.#box;
    // An effect that calls this must not run again because the reader has scrolled.
    if (!box || !untrack(() => this.stuck)) return;
    const end = box.scrollHeight - box.clientHeight;
    const begin = whole ? whole.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - ABOVE_PX : end;
    this.#put(Math.min(end, begin));
  }

  jump(): void {
    this.stuck = true;
    if (this.#box) this.#put(this.#box.scrollHeight - this.#box.clientHeight);
  }

  #put(top: number): void {
    this.#putAt = Math.max(0, Math.round(top));
    this.#box?.scrollTo({ top: this.#putAt, behavior: 'instant' });
  }
}
