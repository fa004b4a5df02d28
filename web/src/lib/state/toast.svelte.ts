type Toast = { text: string; undo?: () => void; bad?: boolean };

/** One short message at a time, with a way back. */
class Toasts {
  now = $state<Toast | null>(null);
  private timer = 0;

  show(text: string, undo?: () => void, bad = false) {
    clearTimeout(this.timer);
    this.now = { text, undo, bad };
    this.timer = window.setTimeout(() => (this.now = null), undo || bad ? 10_000 : 5_000);
  }

  fail(e: unknown) {
    this.show(e instanceof Error ? e.message : 'Something went wrong. Try again.', undefined, true);
  }

  undo() {
    const undo = this.now?.undo;
    this.now = null;
    undo?.();
  }
}

export const toasts = new Toasts();
