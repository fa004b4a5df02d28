/** Runs something while there is nothing else to do, or after so many milliseconds at the latest; the answer takes it back. */
export function idle(run: () => void, latest: number): () => void {
  // Some browsers do not tell.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, 200);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(run, { timeout: latest });
  return () => cancelIdleCallback(asked);
}
