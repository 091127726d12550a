/** The time that everything on the page which counts or expires is measured by; it moves twice a second. */
class Clock {
  nowMs = $state(Date.now());

  constructor() {
    setInterval(() => (this.nowMs = Date.now()), 500);
  }
}

export const time = new Clock();
