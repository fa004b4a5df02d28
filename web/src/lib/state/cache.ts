/**
 * What this device keeps of a workspace, so that a reload paints real rows
 * before the network answers. One database; a record belongs to one user in
 * one workspace and is of no use to another. Everything here may be missing or
 * old: what the server says replaces it.
 */
import { recallPerson } from './device';
import type { Conversation, Counts, Inbox, ListName, Member, Tag, TimelineItem } from './model';

/** Rises when the shape of what is kept changes; records of another schema are not read. */
const schema = 1;
/** Milliseconds after which kept rows are not shown any more: seven days. */
const maxAge = 7 * 24 * 3600 * 1000;

/** The lists and what they need to be painted. */
export interface KeptLists {
  lists: { name: ListName; ids: readonly string[] }[];
  rows: Conversation[];
  counts: Counts | undefined;
  members: Member[];
  inboxes: Inbox[];
  tags: Tag[];
}

/** The ends of the timelines that were read last. */
export type KeptThreads = { id: string; items: readonly TimelineItem[]; prev?: string | undefined }[];

/** The kept state of one user in one workspace. Nothing here rejects: a browser without storage keeps nothing. */
export interface Cache {
  lists(): Promise<KeptLists | undefined>;
  threads(): Promise<KeptThreads | undefined>;
  save(lists: KeptLists, threads: KeptThreads): Promise<void>;
}

interface Entry<T> {
  schema: number;
  at: number;
  value: T;
}

const database = 'parley';
const store = 'kept';

/** The cache of a user in a workspace, in IndexedDB. */
export function openCache(user: string, workspace: string, now: () => number = Date.now): Cache {
  const key = (part: string) => `${user}:${workspace}:${part}`;
  async function read<T>(part: string): Promise<T | undefined> {
    const e = await inStore<Entry<T> | undefined>('readonly', (s) => s.get(key(part)));
    return e && e.schema === schema && now() - e.at < maxAge ? e.value : undefined;
  }
  return {
    lists: () => read<KeptLists>('lists'),
    threads: () => read<KeptThreads>('threads'),
    save: async (lists, threads) => {
      // Another tab may have signed out meanwhile.
      if (recallPerson()?.user.id !== user) return;
      const entry = <T>(value: T): Entry<T> => ({ schema, at: now(), value });
      await inStore('readwrite', (s) => {
        s.put(entry(lists), key('lists'));
        return s.put(entry(threads), key('threads'));
      });
    },
  };
}

/** Removes everything that is kept, of everybody. */
export async function wipe(): Promise<void> {
  await inStore('readwrite', (s) => s.clear());
}

function inStore<T>(mode: IDBTransactionMode, run: (s: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((done) => {
    const nothing = () => done(undefined);
    let opening: IDBOpenDBRequest;
    try {
      opening = indexedDB.open(database, 1);
    } catch {
      return nothing(); // storage is forbidden
    }
    opening.onupgradeneeded = () => opening.result.createObjectStore(store);
    opening.onerror = nothing;
    opening.onblocked = nothing;
    opening.onsuccess = () => {
      const db = opening.result;
      const tx = db.transaction(store, mode);
      const request = run(tx.objectStore(store));
      tx.oncomplete = () => {
        db.close();
        done(request.result as T);
      };
      tx.onabort = () => {
        db.close(); // a full disk
        nothing();
      };
    };
  });
}
