/** Keeping what was written to a customer as a quick reply (F2-70). */
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import { t } from '../../i18n/quick';
import type { Screen } from '../../inbox/screen.svelte';
import type { Command } from '../../keys/registry.svelte';
import { draftsOf } from '../../state/draftserver';
import { asTemplate } from './template';

let text = $state.raw<string>();
let saved = $state(0);

/** What is being kept, and how often something was. */
export const keeping = {
  /** What the form begins with; undefined while it is shut. */
  get text() {
    return text;
  },
  /** Grows with every quick reply that was made here: what is offered has changed. */
  get saved() {
    return saved;
  },
  done() {
    saved++;
    text = undefined;
  },
  stop() {
    text = undefined;
  },
};

/** Opens the form with what was written to a customer of this name. */
export function keep(written: string, customer: string): void {
  text = asTemplate(written, customer);
}

/** The newest reply of the team in the open conversation, unless one is being written: that goes first. */
function written(s: Screen): string {
  const w = s.workspace;
  if (!s.open) return '';
  const draft = draftsOf(w).get(s.open, 'reply').text.trim();
  if (draft) return draft;
  const items = w.timelines.map.get(s.open)?.items ?? [];
  return items.findLast((i) => i.message?.kind === 'message' && i.message.author.kind === 'user' && i.message.text)?.message?.text ?? '';
}

/** The command of an open conversation. */
export function keepCommand(s: Screen): Command {
  const row = () => s.conversation;
  return {
    id: 'keep-quick',
    label: t('keep.do'),
    icon: BookmarkPlus,
    keys: [],
    group: 'conversation',
    also: t('keep.also'),
    when: () => s.workspace.reader.role !== 'viewer' && !!row() && written(s) !== '',
    run: () => keep(written(s), row()?.contact.name ?? ''),
  };
}
