import { words } from './words';

/** A short message, with what can be done about it. */
interface Toast {
  text: string;
  undo?: (() => void) | undefined;
  retry?: (() => void) | undefined;
  bad?: boolean;
}

/** Milliseconds that a message stays: one that can be acted on stays longer. */
const short = 5_000;
const long = 10_000;

/** One short message at a time, with a way back. */
class Toasts {
  now = $state.raw<Toast | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Says something; undo takes back what was done. */
  show(text: string, undo?: () => void): void {
    this.say({ text, undo });
  }

  /** Says that something was refused, and why; retry does it again. */
  refuse(text: string, retry?: () => void): void {
    this.say({ text, retry, bad: true });
  }

  /** Says why something did not work. */
  fail(e: unknown): void {
    this.refuse(words(e));
  }

  /** Keeps the message on the screen while it is pointed at or has the focus. */
  hold(on: boolean): void {
    clearTimeout(this.timer);
    if (!on) this.wait();
  }

  close(): void {
    clearTimeout(this.timer);
    this.now = null;
  }

  undo(): void {
    const undo = this.now?.undo;
    this.close();
    undo?.();
  }

  retry(): void {
    const retry = this.now?.retry;
    this.close();
    retry?.();
  }

  private say(toast: Toast): void {
    clearTimeout(this.timer);
    this.now = toast;
    this.wait();
  }

  private wait(): void {
    const { now } = this;
    if (now) this.timer = setTimeout(() => this.close(), now.undo || now.bad ? long : short);
  }
}

/** The message on the screen. */
export const toasts = new Toasts();
