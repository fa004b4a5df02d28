/** What a writer has not seen when they press Send. */
import type { TimelineItem } from '../state/model';
import { after } from '../state/timeline';

/** The messages and notes by others after the fact that was the last one when the draft began. */
export function sinceDraft(items: readonly TimelineItem[], began: string, me: string): TimelineItem[] {
  return items.filter(({ event, message }) => {
    if (!message || !after(event.id, began)) return false;
    if (event.kind !== 'message_posted' && event.kind !== 'note_added' && event.kind !== 'aside_posted') return false;
    return !(message.author.kind === 'user' && message.author.id === me);
  });
}
