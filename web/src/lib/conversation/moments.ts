/** Moments as people write them; the server alone understands them, in the reader's zone or another. */
import { client, must, Problem } from '../api/client';
import { format } from '../ui/time';

/** A moment to choose. */
export interface Moment {
  name: string;
  at: string;
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

async function ask(workspace: string, text?: string, at = zone()): Promise<Moment[]> {
  const query = { zone: at, ...(text ? { text } : {}) };
  return (await must(client.GET('/api/v1/workspaces/{workspace}/moments', { params: { path: { workspace }, query } }))).items;
}

/** The moments people choose often, in a time zone: the reader's, unless another is named. */
export const suggestions = (workspace: string, at?: string): Promise<Moment[]> => ask(workspace, undefined, at);

/** What a text means in a time zone: a moment, or why it is none. */
export async function understand(workspace: string, text: string, at?: string): Promise<Moment | string> {
  try {
    return (await ask(workspace, text, at))[0] ?? '';
  } catch (err) {
    if (err instanceof Problem) return err.message;
    throw err;
  }
}

const near = { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' } as const;
const withYear = { ...near, year: 'numeric' } as const;

/** A moment to come, with its weekday; the year where it is another one. */
export function ahead(at: string): string {
  const d = new Date(at);
  return format(d.getFullYear() === new Date().getFullYear() ? near : withYear).format(d);
}
