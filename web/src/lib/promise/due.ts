/** What is due next in a conversation, and how soon. */
import { active } from '../state/membership';
import type { Conversation } from '../state/model';

/** Calm is far away, soon is near or past its target, late is past its deadline. */
export type Tone = 'calm' | 'soon' | 'late' | 'paused';

/** The next moment of a promise; seconds are left, or have passed when it is late. */
export interface Due {
  tone: Tone;
  at: string;
  seconds: number;
  /** Which promise it is. */
  what: 'target' | 'deadline' | 'resolution';
}

/** What is left when a target counts as near. */
const near = 45 * 60;

/** The countdown of a conversation at now (ms since 1970); undefined when nothing is promised. */
export function dueOf(c: Conversation, now: number): Due | undefined {
  if (!active(c)) return undefined;
  if (c.sla_paused) return { tone: 'paused', at: '', seconds: 0, what: 'deadline' };
  const left = (at: string) => Math.ceil((Date.parse(at) - now) / 1000);
  const target = c.response_due_target;
  const deadline = c.response_due_deadline;
  if (target && left(target) > 0) return { tone: left(target) < near ? 'soon' : 'calm', at: target, seconds: left(target), what: 'target' };
  if (deadline && left(deadline) > 0)
    return { tone: target || left(deadline) < near ? 'soon' : 'calm', at: deadline, seconds: left(deadline), what: 'deadline' };
  if (deadline) return { tone: 'late', at: deadline, seconds: -left(deadline), what: 'deadline' };
  if (target) return { tone: 'soon', at: target, seconds: -left(target), what: 'target' };
  const settle = c.resolution_due_deadline ?? c.resolution_due_target;
  if (!settle) return undefined;
  const s = left(settle);
  if (s > 0) return { tone: s < near ? 'soon' : 'calm', at: settle, seconds: s, what: 'resolution' };
  return { tone: c.resolution_due_deadline ? 'late' : 'soon', at: settle, seconds: -s, what: 'resolution' };
}
