/** What is needed once a conversation is open, as one chunk. */
export { default as ConversationPane } from './ConversationPane.svelte';
export { default as CustomerPanel } from './CustomerPanel.svelte';
export { screenCommands } from './every';
export { default as Countdown } from '../promise/Countdown.svelte';
export { default as Promises } from '../promise/Promises.svelte';
export { default as BulkLayer } from '../bulk/BulkLayer.svelte';
export { default as Nothing } from '../inbox/Nothing.svelte';
export { default as AboutNotes } from './notes/AboutNotes.svelte';
export { default as ContactRouting } from './ContactRouting.svelte';
export { default as Reach } from './Reach.svelte';
