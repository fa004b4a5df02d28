/** Drafts over HTTP. */
import { ConflictError, Drafts, type DraftServer } from './drafts';
import { Refused, type Http } from './http';
import type { Known } from './known';
import type { Draft, Mode } from './model';

/** Returns where drafts are kept on the server. */
export function draftServer(http: Http): DraftServer {
  const path = (c: string, m: Mode) => `/conversations/${c}/drafts/${m}`;
  return {
    load: (c, m) => http.get<Draft>(path(c, m)),
    save: async (c, m, d) => {
      try {
        return await http.send<Draft>('PUT', path(c, m), d);
      } catch (err) {
        if (err instanceof Refused && err.status === 409 && err.conflict && typeof err.conflict['revision'] === 'number')
          throw new ConflictError(err.conflict as unknown as Draft);
        throw err;
      }
    },
    drop: (c, m, revision) => http.send<void>('DELETE', `${path(c, m)}?revision=${revision}`),
  };
}

/** The drafts of a reader: made when something is first written, as the list needs none. */
export function draftsOf(k: Known): Drafts {
  return (k.drafts ??= new Drafts(draftServer(k.http), k.shelf, `parley:${k.reader.user}:${k.reader.workspace}:draft:`, k.make));
}
