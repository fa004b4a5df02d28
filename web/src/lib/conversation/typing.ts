/** Telling the team that somebody types. */
import type { Live } from '../live/live';
import type { Mode } from '../state/model';

/** It is said again after so many milliseconds of typing, and taken back after so many of silence. */
const again = 3000;
const silence = 5000;

/** Says that one types in a conversation, and that one has stopped. */
export class TellTyping {
  private since = 0;
  private mode: Mode = 'reply';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly live: Live,
    private readonly conversation: string,
  ) {}

  tell(mode: Mode): void {
    clearTimeout(this.timer);
    if (Date.now() - this.since > again) {
      this.since = Date.now();
      this.mode = mode;
      this.live.typing(this.conversation, true, mode);
    }
    this.timer = setTimeout(() => this.stop(), silence);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (this.since === 0) return;
    this.since = 0;
    this.live.typing(this.conversation, false, this.mode);
  }
}
