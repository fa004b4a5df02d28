/**
 * Resolves when what was just changed is on the screen; at once where nothing is painted. What is asked of the server
 * meanwhile would come before it: beginning a request is work of some milliseconds on a slow processor.
 */
export function painted(): Promise<void> {
  if (typeof document === 'undefined' || document.hidden) return Promise.resolve();
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
