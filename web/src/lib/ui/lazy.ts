/**
 * Returns what is fetched by load when it is asked for: a promise until it has come, then itself. With {#await} that means
 * at once: a promise, even a kept one, would cost a frame and a layout of its own every time.
 */
export function lazy<T>(load: () => Promise<T>): () => T | Promise<T> {
  let here: T | undefined;
  let coming: Promise<T> | undefined;
  return () => {
    if (here) return here;
    coming ??= load().then(
      (m) => (here = m),
      (err: unknown) => {
        coming = undefined; // the next time asks again
        throw err;
      },
    );
    return coming;
  };
}
