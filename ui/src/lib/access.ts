const listeners = new Set<() => void>();

/** Access to an engine that asks for a token. */
export const access = {
  /** Tells that the engine has refused a request for want of the token. */
  refused: () => listeners.forEach((listener) => listener()),
  onRefused: (listener: () => void) => void listeners.add(listener),
  /** Shows the token to the engine, which gives a cookie for it: no script ever keeps the token. Leaves the page and comes back. */
  show: (token: string) => location.assign(`/?token=${encodeURIComponent(token)}${location.hash}`),
};
