/** Sharing and keeping an open conversation: its link, and what was said as a file. */
import FileDown from '@lucide/svelte/icons/file-down';
import Link from '@lucide/svelte/icons/link';
import { t } from '../i18n/together';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { toasts } from '../state/toast.svelte';
import { linkTo } from './links';

/** Puts a link on the clipboard; without the right to it the link is shown. */
export function copyText(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toasts.show(t('link.copied')),
    () => toasts.show(text),
  );
}

/** The commands of a conversation on screen that carry it elsewhere. */
export function togetherCommands(s: Screen): Command[] {
  const here = () => s.conversation;
  return [
    {
      id: 'copy-link',
      label: t('link.copy'),
      icon: Link,
      keys: ['shift+l'],
      group: 'conversation',
      when: () => !!here(),
      run: () => s.open && copyText(location.origin + linkTo(s.open)),
    },
    {
      id: 'transcript',
      label: t('transcript.do'),
      icon: FileDown,
      keys: [],
      group: 'conversation',
      also: t('transcript.also'),
      when: () => !!here(),
      run: () => (s.overlay = 'transcript'),
    },
  ];
}
