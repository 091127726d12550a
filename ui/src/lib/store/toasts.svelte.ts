import { ApiError } from '../api.ts';

export interface Toast {
  id: number;
  /** What did not work. */
  title: string;
  /** What to do about it. */
  advice: string;
}

/** More than this many at once would bury the page; the oldest goes. */
const TOASTS_MAX = 3;
const SHOWN_MS = 12_000;

/** Short notices of what went wrong. They leave by themselves, or when they are dismissed. */
class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  add(title: string, advice: string): void {
    const id = (this.#last += 1);
    this.list = [...this.list.filter((toast) => toast.title !== title), { id, title, advice }].slice(-TOASTS_MAX);
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  /** Tells of a failure; anything but an `ApiError` is our own mistake and also goes to the console. */
  failed(title: string, error: unknown): void {
    if (error instanceof ApiError) {
      this.add(title, error.message);
    } else {
      console.error(title, error);
      this.add(title, 'The page ran into a problem. Reload it and try again.');
    }
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
