/** What somebody is doing in the composer of one conversation. */
import { draftsOf } from '../state/draftserver';
import type { Mode, TimelineItem } from '../state/model';
import type { Workspace } from '../state/workspace';
import { TellTyping } from './typing';
import { Uploads } from './uploads.svelte';

/**
 * All that a composer remembers of one conversation besides its drafts. It is
 * made anew for every conversation: nothing of another one is ever shown or sent.
 */
export class Writing {
  mode = $state<Mode>('reply');
  /** What arrived since the draft began, while the writer is asked about it. */
  asked = $state.raw<readonly TimelineItem[]>([]);
  /** What Send was asked for while files are on their way. */
  waits = $state.raw<{ andResolve: boolean }>();
  /** The last fact that was there when the draft of a mode began. */
  readonly seen: Record<Mode, string | undefined> = { reply: undefined, note: undefined };
  readonly typing: TellTyping;
  readonly uploads: Uploads;

  constructor(
    private readonly w: Workspace,
    readonly conversation: string,
  ) {
    this.typing = new TellTyping(w.live, conversation);
    const drafts = draftsOf(w);
    this.uploads = new Uploads(w, (into) => {
      const { text, files } = drafts.get(conversation, into);
      return {
        files,
        put: (all) => {
          if (text === '' && files.length === 0) this.seen[into] = this.lastFact();
          drafts.change(conversation, into, { files: all });
        },
      };
    });
  }

  /** The newest fact of the conversation. */
  lastFact(): string {
    return this.w.timelines.map.get(this.conversation)?.items.at(-1)?.event.id ?? '0';
  }

  stop(): void {
    this.typing.stop();
    this.uploads.stop();
  }
}
