/** Taking over from the AI agent and handing back: what can be done, and in which words. */
import Bot from '@lucide/svelte/icons/hexagon';
import History from '@lucide/svelte/icons/history';
import Hand from '@lucide/svelte/icons/hand';
import { t } from '../i18n/handler';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { assigned } from '../state/guess';
import { active, mayChange } from '../state/membership';
import type { Conversation, Inbox, TimelineItem } from '../state/model';
import type { Workspace } from '../state/workspace';

/** What the AI agent of a conversation's inbox is called. */
export function agentName(c: Pick<Conversation, 'inbox_id'>, inboxes: ReadonlyMap<string, Inbox>): string {
  const name = inboxes.get(c.inbox_id)?.settings?.['ai_name'];
  return typeof name === 'string' && name ? name : 'AI assistant';
}

/** Whether an AI agent could answer in the inbox of a conversation. */
export function hasAgent(c: Pick<Conversation, 'inbox_id'>, inboxes: ReadonlyMap<string, Inbox>): boolean {
  const agent = inboxes.get(c.inbox_id)?.settings?.['ai_agent_id'];
  return typeof agent === 'string' && agent !== '' && agent !== 'none';
}

/** The AI agent answers, and somebody may take over. */
export const answersItself = (c: Conversation): boolean => c.ai_state === 'active' && active(c);

/** The AI agent thinks that the matter is settled, and nobody has written since. */
export function seemsSettled(c: Conversation, items: readonly TimelineItem[]): boolean {
  if (!active(c) || c.needs_human || c.waiting_on === 'agent') return false;
  const last = items.findLast((i) => i.message?.kind === 'message' || i.event.kind === 'ai_suggested_close');
  return last?.event.kind === 'ai_suggested_close';
}

/** Makes the reader responsible and stops the AI agent. */
export function takeOver(w: Workspace, id: string): Promise<boolean> {
  return w.act(id, 'takeover', {}, (c) => ({ ...assigned(c, w.reader.user), ai_state: 'paused', needs_human: undefined }), { said: t('done.takeover') });
}

/** Lets the AI agent answer again; with unassign nobody is responsible any more. */
export function handBack(w: Workspace, c: Conversation, unassign = false): Promise<boolean> {
  const guess = (now: Conversation): Partial<Conversation> => ({
    ai_state: 'active',
    needs_human: undefined,
    ...(unassign ? assigned(now, undefined) : {}),
  });
  return w.act(c.id, 'handback', unassign ? { unassign } : {}, guess, { said: t('done.handback', { agent: agentName(c, w.inboxes) }) });
}

/** The commands of an open conversation that its pane adds to those of the screen. */
export function handlerCommands(s: Screen, look: () => void): Command[] {
  const w = s.workspace;
  const here = () => s.conversation;
  const when = (test: (c: Conversation) => boolean) => () => {
    const c = here();
    return !!c && test(c);
  };
  return [
    {
      id: 'takeover',
      label: t('do.takeover'),
      icon: Hand,
      keys: ['t'],
      group: 'conversation',
      when: when((c) => mayChange(w.reader, c) && answersItself(c)),
      run: () => {
        const c = here();
        if (!c) return;
        s.write('reply');
        void takeOver(w, c.id);
      },
    },
    {
      id: 'handback',
      label: t('do.handback'),
      icon: Bot,
      keys: [],
      group: 'conversation',
      when: when((c) => mayChange(w.reader, c) && c.ai_state !== 'active' && active(c) && hasAgent(c, w.inboxes)),
      run: () => {
        const c = here();
        if (c) void handBack(w, c);
      },
    },
    { id: 'moment', label: t('moment.open'), icon: History, keys: ['shift+t'], group: 'conversation', when: when(() => true), run: look },
  ];
}
