/** What can be done to what is being written: in the palette and in the keyboard help, too. */
import Bold from '@lucide/svelte/icons/bold';
import Code from '@lucide/svelte/icons/code';
import Italic from '@lucide/svelte/icons/italic';
import Link from '@lucide/svelte/icons/link';
import List from '@lucide/svelte/icons/list';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import Quote from '@lucide/svelte/icons/text-quote';
import Smile from '@lucide/svelte/icons/smile';
import Users from '@lucide/svelte/icons/users-round';
import { t } from '../../i18n/together';
import { registry, type Command, type Icon } from '../../keys/registry.svelte';
import { formats, type Format } from './format';

const icons: Record<Format, Icon> = { bold: Bold, italic: Italic, code: Code, link: Link, bullets: List, numbers: ListOrdered, quote: Quote };
const keys: Partial<Record<Format, string>> = { bold: 'mod+b', italic: 'mod+i', code: 'mod+shift+x', link: 'mod+shift+u', bullets: 'mod+shift+b' };

/** What a composer does for these commands. */
interface Helper {
  area: () => HTMLTextAreaElement | undefined;
  format: (how: Format) => void;
  emoji: () => void;
  share: () => void;
  /** Whether there is something to share, and somebody to share it with. */
  shareable: () => boolean;
}

let here: Helper | undefined;

/** Takes these commands until the answer is called. */
export function helps(helper: Helper): () => void {
  here = helper;
  return () => {
    if (here === helper) here = undefined;
  };
}

/** The commands of the composer that change what is written: their keys work in it, the palette everywhere. */
export function helpCommands(): Command[] {
  const writing = () => {
    const a = here?.area();
    return !!a && (document.activeElement === a || registry.overlay === 'palette');
  };
  const group = 'write';
  return [
    ...formats.map((how): Command => ({
      id: `format-${how}`,
      label: t(`format.${how}`),
      icon: icons[how],
      keys: [keys[how] ?? []].flat(),
      group,
      inFields: true,
      when: writing,
      run: () => here?.format(how),
    })),
    { id: 'emoji', label: t('emoji.insert'), icon: Smile, keys: ['mod+shift+e'], group, inFields: true, when: writing, run: () => here?.emoji() },
    {
      id: 'share-draft',
      label: t('share.do'),
      icon: Users,
      keys: ['mod+shift+s'],
      group,
      inFields: true,
      when: () => !!here?.shareable(),
      run: () => here?.share(),
    },
  ];
}
