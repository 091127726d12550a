/** Nearer to the end than this, in CSS pixels, counts as at the end. */
const NEAR_PX = 48;

/** A scrolled box that stays at its end while things are added, unless the reader has scrolled up. */
export class Sticky {
  /** Whether it follows the end. */
  stuck = $state(true);
  #box: HTMLElement | null = null;

  /** To be attached to the box. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.#box = box;
    const onScroll = () => (this.stuck = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
    // The box itself changes its height too: the keyboard of a phone, the call's panel.
    const observer = new ResizeObserver(() => this.keep());
    box.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(box);
    return () => {
      box.removeEventListener('scroll', onScroll);
      observer.disconnect();
      this.#box = null;
    };
  };

  /** To be called when something was added. */
  keep(): void {
    if (this.stuck) this.jump();
  }

  jump(): void {
    this.stuck = true;
    this.#box?.scrollTo({ top: this.#box.scrollHeight, behavior: 'instant' });
  }
}
