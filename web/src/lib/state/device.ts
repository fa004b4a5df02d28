/**
 * What this device keeps in localStorage, and nothing else does: drafts and
 * messages on their way, who was signed in, the theme. Everything
 * under "parley:" belongs to a person and goes when they sign out.
 */
import type { Me } from '../api/client';
import { writeIn } from '../ui/time';
import type { Shelf } from './drafts';

const theme = 'parley.theme';

/** Storage that never throws: a private window or a full disk forgets, and that is all. */
export const shelf: Shelf = {
  getItem: (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // not kept on this device
    }
  },
  removeItem: (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // was not kept on this device
    }
  },
  keys: () => {
    try {
      return Object.keys(localStorage);
    } catch {
      return [];
    }
  },
};

/** Light, dark, or what the system says. */
export type Theme = 'system' | 'light' | 'dark';

/** The theme that was chosen here. */
export function chosenTheme(): Theme {
  const v = shelf.getItem(theme);
  return v === 'light' || v === 'dark' ? v : 'system';
}

/** Chooses a theme and shows it at once; public/theme.js shows it before the first paint. */
export function chooseTheme(to: Theme): void {
  if (to === 'system') shelf.removeItem(theme);
  else shelf.setItem(theme, to);
  const dark = to === 'dark' || (to === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

/** Shows the page as somebody chose; who chose no theme has that of the device. */
export function dress({ theme, density, language }: Partial<Me['settings']> = {}): void {
  if (theme && theme !== chosenTheme()) chooseTheme(theme);
  document.documentElement.dataset['density'] = density ?? '';
  writeIn(language);
}

/** Forgets everything that belongs to a person; the theme stays. */
export function forgetPerson(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('parley:')) localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
  document.cookie = `${mark}=; Path=/; SameSite=Strict; Max-Age=0`;
}

const person = 'parley:person';
/** A cookie that goes when cookies are cleared: then nobody is recalled, as the session is gone too. */
const mark = 'parley_here';

/** Remembers who is signed in, until they sign out or clear their cookies. */
export function rememberPerson(me: Me): void {
  const had = read();
  const token = had?.me.user.id === me.user.id && cookie() === had.token ? had.token : crypto.randomUUID();
  shelf.setItem(person, JSON.stringify({ me, token } satisfies Kept));
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${mark}=${token}; Path=/; SameSite=Strict; Max-Age=${30 * 24 * 3600}${secure}`;
}

/** Who was signed in here last, if this browser still has their mark. */
export function recallPerson(): Me | undefined {
  const kept = read();
  return kept && cookie() === kept.token ? kept.me : undefined;
}

interface Kept {
  me: Me;
  token: string;
}

function read(): Kept | undefined {
  try {
    const v = JSON.parse(shelf.getItem(person) ?? 'null') as Kept | null;
    return v && v.token && v.me.user.id && Array.isArray(v.me.workspaces) ? v : undefined;
  } catch {
    return undefined;
  }
}

function cookie(): string | undefined {
  return new RegExp(`(?:^|; )${mark}=([^;]+)`).exec(document.cookie)?.[1];
}
