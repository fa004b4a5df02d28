/** What is done while a reply or a note is written: the composer on the screen is asked. */
import Paperclip from '@lucide/svelte/icons/paperclip';
import Send from '@lucide/svelte/icons/send-horizontal';
import SendCheck from '@lucide/svelte/icons/mail-check';
import { t } from '../i18n/conversation';
import { registry, type Command } from '../keys/registry.svelte';

/** What a composer can be asked. */
interface Composer {
  /** Where it is on the page. */
  box: () => HTMLElement | undefined;
  /** Whether there is something to send. */
  ready: () => boolean;
  send: (andResolve: boolean) => void;
  attach: () => void;
}

let here: Composer | undefined;

/** Takes the commands of writing until the answer is called. */
export function writes(composer: Composer): () => void {
  here = composer;
  return () => {
    if (here === composer) here = undefined;
  };
}

/** The commands of the composer: their keys work in it, the palette everywhere. */
export function writeCommands(): Command[] {
  const inIt = () => !!here?.box()?.contains(document.activeElement);
  const ready = () => inIt() || (registry.overlay === 'palette' && !!here?.ready());
  const open = () => inIt() || (registry.overlay === 'palette' && !!here?.box());
  const group = 'write';
  return [
    { id: 'send', label: t('compose.send'), icon: Send, keys: ['mod+Enter'], group, inFields: true, when: ready, run: () => here?.send(false) },
    {
      id: 'send-resolve',
      label: t('compose.sendResolve'),
      icon: SendCheck,
      keys: ['mod+shift+Enter'],
      group,
      inFields: true,
      when: ready,
      run: () => here?.send(true),
    },
    { id: 'attach', label: t('compose.attach'), icon: Paperclip, keys: ['mod+shift+a'], group, inFields: true, when: open, run: () => here?.attach() },
  ];
}
