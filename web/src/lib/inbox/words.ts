/** The words for states, kinds and actions, and the tone they are shown in. */
import { t, type Key } from '../i18n/t';
import type { Priority, Stage, Tab, View } from '../state/model';

const labels: Record<string, { key: Key; tone: string }> = {
  New: { key: 'label.new', tone: 'spruce' },
  'Needs attention': { key: 'label.needsAttention', tone: 'spruce' },
  Responded: { key: 'label.responded', tone: '' },
  Open: { key: 'label.open', tone: '' },
  Overdue: { key: 'label.overdue', tone: 'brick' },
  Pending: { key: 'label.pending', tone: 'amber' },
  Snoozed: { key: 'label.snoozed', tone: '' },
  Resolved: { key: 'label.resolved', tone: '' },
  Closed: { key: 'label.closed', tone: '' },
  Archived: { key: 'label.archived', tone: '' },
};

/** The one word for a list row; a word of a newer server is shown as it is. */
export const labelWord = (label: string): string => (labels[label] ? t(labels[label].key) : label);

/** The colour class of a label: spruce is to do, amber soon, brick late. */
export const labelTone = (label: string): string => labels[label]?.tone ?? '';

export const priorityWord = (p: Priority): string => t(`priority.${p}`);
export const tabWord = (tab: Tab): string => t(`tab.${tab}`);
export const viewWord = (v: View): string => t(`view.${v}`);
export const stageWord = (s: Stage): string => t(`stage.${s}`);

const channels: Record<string, Key> = { email: 'channel.email', webchat: 'channel.webchat', api: 'channel.api' };

/** What a channel is called for people. */
export const channelName = (kind: string): string => (channels[kind] ? t(channels[kind]) : kind);

/** The custom property of a tag's colour. */
export const tagColor = (color: string): string => (/^(c[1-5]|brick|ink-3)$/.test(color) ? `var(--${color})` : 'var(--ink-3)');

/** A count as it is shown; the server counts to 1000. */
export const counted = (n: number | undefined): string => (n === undefined ? '' : n >= 1000 ? '1000+' : String(Math.max(0, n)));

/** What a preview says that the subject does not: a chat takes its subject from its first message, and nobody reads the same line twice. */
export function beyond(subject: string, preview: string): string {
  const begun = subject.replace(/…$/, '');
  if (begun === '' || !preview.startsWith(begun)) return preview;
  const inWord = /^\S/.test(preview.slice(begun.length)); // the cut goes through a word: say it whole
  return preview.slice(inWord ? begun.lastIndexOf(' ') + 1 : begun.length).trimStart();
}
