/** The settings of an inbox about how conversations rest and end, as forms show them. */
import { t } from '../i18n/settings';

type Value = string | number | boolean;

/** One setting: its name in the API and the values to choose from. */
export interface Rule {
  name: RuleName;
  values: readonly Value[];
  word: (v: Value) => string;
}

/** The settings that are shown, in order. */
export const ruleNames = [
  'after_close',
  'reopen_within_days',
  'pending_disabled',
  'auto_pending_on_reply',
  'follow_up_reminder_minutes',
  'resolved_disabled',
  'auto_close_after_resolved_minutes',
  'auto_close_inactive_minutes',
  'auto_archive_after_closed_minutes',
  'closing_note_mode',
  'resolve_checklist',
  'csat',
  'agent_message_reopens_closed',
  'forget_assignee_on_reopen',
  'open_on_welcome_event',
  'tracking_disabled',
  'keep_forwards',
  'join_by_subject',
  'undo_mail_seconds',
  'undo_chat_seconds',
  'signed_by',
  'quoting_disabled',
  'original_days',
  'agents_may_export',
] as const;
export type RuleName = (typeof ruleNames)[number];

const hour = 60;
const day = 24 * hour;

/** A number of minutes as people say it; none is never. */
export function duration(minutes: number): string {
  if (!minutes) return t('rule.never');
  if (minutes % day === 0) return t('rule.days', { n: minutes / day });
  return minutes % hour === 0 ? t('rule.hours', { n: minutes / hour }) : t('rule.minutes', { n: minutes });
}

const yes = (v: Value) => t(v ? 'rule.yes' : 'rule.no');
const no = (v: Value) => t(v ? 'rule.no' : 'rule.yes'); // the setting says what is switched off
const minutes = (v: Value) => duration(Number(v));
const seconds = (v: Value) => (v ? t('rule.seconds', { n: Number(v) }) : t('rule.atOnce'));

const kinds: Record<RuleName, Omit<Rule, 'name'>> = {
  after_close: { values: ['reopen', 'reopen_within', 'new'], word: (v) => t(`rule.after_close.${v as 'new'}`) },
  reopen_within_days: { values: [1, 3, 7, 14, 30, 90], word: (v) => t('rule.days', { n: Number(v) }) },
  pending_disabled: { values: [false, true], word: no },
  auto_pending_on_reply: { values: [true, false], word: yes },
  follow_up_reminder_minutes: { values: [0, hour, 4 * hour, day, 2 * day, 3 * day, 7 * day, 14 * day], word: minutes },
  resolved_disabled: { values: [false, true], word: no },
  auto_close_after_resolved_minutes: { values: [0, hour, day, 2 * day, 3 * day, 7 * day, 14 * day, 30 * day], word: minutes },
  auto_close_inactive_minutes: { values: [0, 30, hour, 4 * hour, day, 3 * day, 7 * day, 14 * day], word: minutes },
  auto_archive_after_closed_minutes: { values: [0, 7 * day, 30 * day, 90 * day, 365 * day], word: minutes },
  closing_note_mode: { values: ['disabled', 'optional', 'category_required', 'both_required'], word: (v) => t(`rule.closing_note_mode.${v as 'optional'}`) },
  resolve_checklist: { values: ['off', 'informative', 'required'], word: (v) => t(`rule.resolve_checklist.${v as 'off'}`) },
  csat: { values: ['off', 'on_resolve', 'on_close'], word: (v) => t(`rule.csat.${v as 'off'}`) },
  agent_message_reopens_closed: { values: [true, false], word: yes },
  forget_assignee_on_reopen: { values: [false, true], word: no },
  open_on_welcome_event: { values: [true, false], word: yes },
  tracking_disabled: { values: [false, true], word: no },
  keep_forwards: { values: [false, true], word: no },
  join_by_subject: { values: [true, false], word: yes },
  undo_mail_seconds: { values: [0, 5, 10, 20, 30, 60, 120], word: seconds },
  undo_chat_seconds: { values: [0, 5, 10, 20, 30, 60, 120], word: seconds },
  signed_by: { values: ['agent', 'inbox', 'nobody'], word: (v) => t(`rule.signed_by.${v as 'agent'}`) },
  quoting_disabled: { values: [false, true], word: no },
  original_days: { values: [0, 7, 30, 90, 180, 365, 730], word: (v) => (v ? t('rule.days', { n: Number(v) }) : t('rule.forEver')) },
  agents_may_export: { values: [true, false], word: yes },
};

/** Every rule, with the value in effect among its choices. */
export function rules(now: Readonly<Record<string, unknown>>): Rule[] {
  return ruleNames.map((name) => {
    const { values, word } = kinds[name];
    const value = (now[name] ?? (typeof values[0] === 'number' ? 0 : typeof values[0] === 'boolean' ? false : values[0])) as Value;
    const all = values.includes(value) || value === 0 ? values : [...values, value];
    return { name, values: all, word };
  });
}

/** What a setting is where nobody says anything: the API leaves out what is off or none. */
export function valueOf(rule: Rule, settings: Readonly<Record<string, unknown>>): Value {
  const v = settings[rule.name];
  if (v !== undefined) return v as Value;
  const first = rule.values[0];
  return typeof first === 'boolean' ? false : typeof first === 'number' ? 0 : '';
}
