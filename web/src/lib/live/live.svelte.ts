/** The feed's state for the parts around the inbox. */
import { desk } from '../state/desk.svelte';
import type { LiveState } from './live';

export const live = {
  /** Whether what is shown is up to date. */
  get state(): LiveState {
    return desk.workspace?.state.value ?? 'delayed';
  },
  start: () => desk.start(),
  stop: () => desk.stop(),
};
