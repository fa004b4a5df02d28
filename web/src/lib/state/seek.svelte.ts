/** A message that somebody goes to from elsewhere, and the way back to where they were. */
class Seek {
  private wanted = $state.raw<{ conversation: string; message: string }>();
  private way: { conversation: string; back: () => void } | undefined;

  /** Asks for a message to be shown once its conversation is; back leads to where somebody was. */
  go(conversation: string, message: string | undefined, back: () => void): void {
    // Who goes from one find to the next wants back to where they were before the first.
    this.way = { conversation, back: this.way?.back ?? back };
    this.wanted = message ? { conversation, message } : undefined;
  }

  /** The message to be shown in a conversation, if any. */
  in(conversation: string): string | undefined {
    return this.wanted?.conversation === conversation ? this.wanted.message : undefined;
  }

  /** It is shown, or it is not there. */
  done(): void {
    this.wanted = undefined;
  }

  /** Leads back from a conversation that was gone to; it reports whether it was. */
  back(conversation: string | undefined): boolean {
    const way = this.way;
    this.way = undefined;
    if (!way || way.conversation !== conversation) return false;
    way.back();
    return true;
  }

  /** Somebody went on by themselves: there is no way back any more. */
  stay(conversation: string | undefined): void {
    if (this.way && this.way.conversation !== conversation) this.way = undefined;
  }
}

/** What is gone to in this page. */
export const seek = new Seek();
