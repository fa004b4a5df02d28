/** A message that somebody goes to from elsewhere, and the way back to where they were. */
import { registry } from './registry.svelte';

class Seek {
  private wanted = $state.raw<{ conversation: string; message: string }>();

  /** Asks for a message to be shown once its conversation is; back leads to where somebody was. */
  go(conversation: string, message: string | undefined, from: string | undefined, back: () => void): void {
    // Who goes from one find to the next wants back to where they were before the first.
    const first = (from && registry.back?.(from)) || back;
    registry.back = (open) => {
      registry.back = undefined;
      return open === conversation ? first : undefined;
    };
    this.wanted = message ? { conversation, message } : undefined;
  }

  /** Asks for a message of a conversation that a link leads to. */
  to(conversation: string, message: string): void {
    this.wanted = { conversation, message };
  }

  /** The message to be shown in a conversation, if any. */
  in(conversation: string): string | undefined {
    return this.wanted?.conversation === conversation ? this.wanted.message : undefined;
  }

  /** It is shown, or it is not there. */
  done(): void {
    this.wanted = undefined;
  }
}

/** What is gone to in this page. */
export const seek = new Seek();
