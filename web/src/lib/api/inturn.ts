/** Requests in their order. */

const ends = new Map<string, Promise<unknown>>();

/**
 * As fetch, but a change of something waits for the answer to the change of it
 * before: each says how the whole of a setting is to be, and on two connections
 * the older one may arrive last and win.
 */
export function inTurn(request: Request): Promise<Response> {
  if (request.method !== 'PATCH' && request.method !== 'PUT') return fetch(request);
  const go = () => fetch(request);
  const mine = (ends.get(request.url) ?? Promise.resolve()).then(go, go);
  ends.set(request.url, mine);
  const end = () => ends.get(request.url) === mine && ends.delete(request.url);
  mine.then(end, end);
  return mine;
}
