/** JSON over HTTP the way the inbox needs it: problems become errors that say what to do. */

/** The server said no; message is one sentence for a person. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly conflict?: Record<string, unknown>,
    /** Where a filter is wrong, in characters. */
    readonly place?: { from: number; to: number },
  ) {
    super(message);
  }
}

/** The server was not reached, or could not answer now; the same request may be sent again. */
export class Unreachable extends Error {}

/** Requests below one path of the API. */
export interface Http {
  get<T>(path: string, query?: Query): Promise<T>;
  /** key makes the request safe to repeat (Idempotency-Key). */
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, key?: string): Promise<T>;
}

/** Query values; undefined ones are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** Returns Http over fetch for paths below base; signedOut is called when the session is over. */
export function overFetch(base: string, signedOut: () => void, fetcher: typeof fetch = (...a) => fetch(...a)): Http {
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetcher(base + path, { credentials: 'same-origin', ...init });
    } catch (err) {
      throw new Unreachable(String(err));
    }
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const p = await problem(response);
    if (response.status === 401) signedOut();
    if (response.status === 429 || response.status === 502 || response.status === 503 || response.status === 504) throw new Unreachable(p.message);
    throw p;
  }
  return {
    get: (path, query) => ask(path + search(query), { headers: { Accept: 'application/json' } }),
    send: (method, path, body, key) =>
      ask(path, {
        method,
        headers: {
          'X-Parley-CSRF': '1',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key ? { 'Idempotency-Key': key } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

function search(query: Query | undefined): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query ?? {})) if (v !== undefined && v !== '') q.set(k, String(v));
  const s = q.toString();
  return s ? `?${s}` : '';
}

async function problem(response: Response): Promise<Refused> {
  try {
    const p = (await response.json()) as {
      detail?: string;
      title?: string;
      code?: string;
      conflict?: Record<string, unknown>;
      place?: { from: number; to: number };
    };
    return new Refused(response.status, p.code ?? 'internal', p.detail ?? p.title ?? response.statusText, p.conflict, p.place);
  } catch {
    return new Refused(response.status, 'internal', response.statusText || `HTTP ${response.status}`);
  }
}
