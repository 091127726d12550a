import type { About, ConversationSummary } from '../../types/api.ts';
import { api } from '../api.ts';
import { callTitle } from '../title.ts';
import { planOf } from '../thread.ts';
import { badge, isCalling, type Badge } from '../words.ts';
import { time } from './clock.svelte.ts';
import { Conversation } from './conversation.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** The list is read again this long after something has moved, so that a burst of events is few requests. */
const LIST_SETTLE_MS = 300;
/** Other tabs and other people move conversations too. */
const LIST_EVERY_MS = 15_000;

/** The whole page: the list of conversations, the one that is open, and where we are (`#/c_…`). */
class App {
  about = $state.raw<About | null>(null);
  conversations = $state.raw<readonly ConversationSummary[]>([]);
  listed = $state(false);
  offline = $state(false);
  open = $state.raw<Conversation>(this.#conversation(null));

  #listTimer: ReturnType<typeof setTimeout> | undefined;

  /** Begins; called once. */
  start(): void {
    this.#route();
    window.addEventListener('hashchange', () => this.#route());
    window.addEventListener('online', () => this.retry());
    document.addEventListener('visibilitychange', () => {
      this.open.visible(!document.hidden);
      if (!document.hidden) this.listSoon();
    });
    setInterval(() => void (document.hidden || this.list()), LIST_EVERY_MS);
    void this.list();
    void this.#readAbout();
  }

  /** The title of the document; it shows a live call even when the page is in the background. */
  get title(): string {
    const { live, call, thread } = this.open;
    if (!live || !call) return thread.title === '' ? 'Ringback' : `${thread.title} – Ringback`;
    const plan = planOf(thread, live.attempt);
    return callTitle(call.seconds(time.nowMs), plan?.callee_name ?? null, live.target_phone_number);
  }

  /** Where a conversation of the list stands; of the open one we know more than the list does. */
  badgeOf(summary: ConversationSummary): Badge {
    const { id, thread, loaded } = this.open;
    if (id !== summary.conversation_id || !loaded) return badge(summary);
    const result = this.open.lastResult;
    return badge({
      node: thread.node,
      call_disposition: result?.status ?? summary.call_disposition,
      call_outcome_status: result?.outcome.status ?? summary.call_outcome_status,
    });
  }

  goTo(id: string | null): void {
    const hash = id === null ? '' : `#/${id}`;
    if (location.hash === hash) return;
    history.pushState(null, '', `${location.pathname}${location.search}${hash}`);
    this.#route();
  }

  async list(): Promise<void> {
    try {
      this.conversations = await api.conversations();
      this.offline = false;
    } catch {
      // The banner tells; a toast at every attempt would only repeat it.
      this.offline = true;
    }
    this.listed = true;
  }

  listSoon(): void {
    // A burst is not waited out: it could last as long as a call.
    this.#listTimer ??= setTimeout(() => {
      this.#listTimer = undefined;
      void this.list();
    }, LIST_SETTLE_MS);
  }

  async remove(id: string): Promise<boolean> {
    try {
      await api.remove(id);
    } catch (error) {
      toasts.failed('The conversation was not deleted', error);
      return false;
    }
    this.conversations = this.conversations.filter((summary) => summary.conversation_id !== id);
    if (this.open.id === id) this.goTo(null);
    return true;
  }

  /** Tries everything that is down again, at once. */
  retry(): void {
    this.open.reconnect();
    void this.list();
    if (!this.about) void this.#readAbout();
  }

  get calling(): boolean {
    return isCalling(this.open.thread.node) || this.open.live !== null;
  }

  async #readAbout(): Promise<void> {
    try {
      this.about = await api.about();
    } catch {
      this.offline = true;
    }
  }

  #route(): void {
    const id = /^#\/([\w-]+)$/.exec(location.hash)?.[1] ?? null;
    if (this.open.id === id && (id !== null || this.open.pending.length === 0)) return;
    this.open.close();
    this.open = this.#conversation(id);
  }

  #conversation(id: string | null): Conversation {
    return new Conversation(id, {
      begun: (conversation, newId) => {
        if (this.open !== conversation) return;
        history.replaceState(null, '', `${location.pathname}${location.search}#/${newId}`);
        this.listSoon();
      },
      moved: () => this.listSoon(),
      missing: () => {
        toasts.add('This conversation is gone', 'It may have been deleted. Begin a new one, or choose another from the list.');
        this.goTo(null);
        this.listSoon();
      },
    });
  }
}

export const app = new App();
