/** What an inbox or the workspace says of promises, and what it inherits where it says nothing. */
import type { Inbox } from '../../api/client';
import type { components } from '../../api/schema';
import { t } from '../../i18n/promise';
import { writeSpan } from '../span';

export type Settings = Inbox['settings'];
export type Policy = components['schemas']['SLAPolicy'];
export type Hours = components['schemas']['BusinessHours'];
export type Rules = components['schemas']['EscalationSettings'];
/** A change of some settings; null goes back to what is inherited. */
export type Change = { [K in keyof Settings]?: Settings[K] | null };

/** One layer of settings: an inbox's own, or the workspace's, which inboxes inherit. */
export interface Layer {
  own: 'inbox' | 'workspace';
  name: string;
  /** In effect here. */
  settings: Settings;
  /** What would be in effect if this layer said nothing. */
  inherited: Settings;
  origins: Readonly<Record<string, string>>;
  /** For an inbox: which layer each inherited value comes from. */
  below: Readonly<Record<string, string>>;
  save: (change: Change) => void;
}

/** The settings that say together which promise is kept. */
export const promised = ['sla_mode', 'sla_policy_id', 'sla_target', 'sla_deadline'] as const;

/** Whether the layer says it itself. */
export const mine = (l: Layer, ...names: string[]): boolean => names.some((n) => l.origins[n] === l.own);

/** What is said under a setting: whose it is, and what it would be else. */
export function whose(l: Layer, value: string, ...names: string[]): string {
  if (mine(l, ...names)) return t(l.own === 'inbox' ? 'layer.ownInbox' : 'layer.ownWorkspace', { value });
  return t(l.own === 'inbox' && names.some((n) => l.below[n] === 'workspace') ? 'layer.fromWorkspace' : 'layer.fromProduct');
}

/** Which promises count. */
export const modeOf = (s: Settings): 'policy' | 'own' | 'off' => s.sla_mode ?? (s.sla_target || s.sla_deadline ? 'own' : 'policy');

/** What is promised, in a few words. */
export function promiseSaid(s: Settings, policies: readonly Policy[]): string {
  const mode = modeOf(s);
  if (mode === 'off') return t('set.off');
  if (mode === 'policy') return policies.find((p) => p.id === (s.sla_policy_id ?? ''))?.name ?? t('set.policy');
  const part = (name: 'target' | 'deadline', n?: number) => (n ? `${t(`set.${name}`)} ${writeSpan(n)}` : '');
  return [part('target', s.sla_target), part('deadline', s.sla_deadline)].filter(Boolean).join(', ');
}

/** When an inbox is open, in a few words. */
export function openSaid(s: Settings, hours: readonly Hours[]): string {
  const h = hours.find((x) => x.id === s.business_hours_id);
  if (!h) return t('set.always');
  return s.sla_clock === 'calendar' ? `${h.name}, ${t('set.calendar')}` : h.name;
}

/** When somebody is asked for help, and what happens then, in a few words. */
export function escalationSaid(s: Settings, names: { tag: (id: string) => string; team: (id: string) => string }): string {
  const e: Rules = s.escalation ?? {};
  const off = modeOf(s) === 'off';
  const when = [
    e.not_on_deadline || off ? '' : t('esc.deadline'),
    e.not_on_follow_ups || (off && !e.follow_ups) ? '' : t('esc.followUps', { n: e.follow_ups ?? 2 }),
    ...(e.keywords ?? []).map((w) => `“${w}”`),
    ...(e.tag_ids ?? []).map((id) => t('esc.tag', { tag: names.tag(id) })),
    e.on_urgent ? t('esc.urgent') : '',
    e.on_frustrated ? t('esc.frustrated') : '',
    e.not_on_low_rating || (!e.low_rating && (s.csat ?? 'off') === 'off') ? '' : t('esc.rating', { n: e.low_rating ?? 2 }),
  ].filter(Boolean);
  const then = [
    e.keep_priority ? '' : t('esc.raises'),
    e.add_tag_id ? t('esc.adds', { tag: names.tag(e.add_tag_id) }) : '',
    e.transfer_team_id ? t('esc.goes', { team: names.team(e.transfer_team_id) }) : '',
  ].filter(Boolean);
  return [when.length ? when.join(', ') : t('esc.never'), ...(when.length ? then : [])].join('; ');
}

/** The tags that raise the priority, in a few words; absent is the rule every inbox begins with. */
export function tagsSaid(rules: Settings['priority_by_tag']): string {
  const all = rules ?? [{ tag: 'vip', priority: 'urgent' as const }];
  return all.length ? all.map((r) => `${r.tag}: ${t(`esc.to.${r.priority}`)}`).join(', ') : t('set.none');
}
