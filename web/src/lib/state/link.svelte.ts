/** The feed's state for the parts around the inbox. */
import type { LiveState } from '../live/live';
import { desk } from './desk.svelte';

export const link = {
  /** Whether what is shown is up to date. */
  get state(): LiveState {
    return desk.workspace?.state.value ?? 'delayed';
  },
};
