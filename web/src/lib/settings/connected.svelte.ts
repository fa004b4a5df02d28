/** What became of the last connection, for the settings of its channel to say. */
export const connected = $state<{ channel: string; problem: string }>({ channel: '', problem: '' });
