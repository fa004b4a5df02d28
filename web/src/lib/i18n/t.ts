/**
 * Words of the interface. Keys and their parameters live in one JSON per
 * locale; a key that en.inbox.json does not have is a type error.
 */
import en from './en.inbox.json';

/** Every key; plural ones are written without _one and _other. */
export type Key = PluralOf<keyof typeof en>;
type PluralOf<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

const plural = new Intl.PluralRules('en');
const number = new Intl.NumberFormat('en');

/** Returns the words of a key with its parameters filled in; n also chooses the plural. */
export function t(key: Key, params: Record<string, string | number> = {}): string {
  const words = en as Record<string, string>;
  const n = params['n'];
  const form = typeof n === 'number' ? words[`${key}_${plural.select(n)}`] : undefined;
  const text = form ?? words[key] ?? words[`${key}_other`] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const v = params[name];
    return typeof v === 'number' ? number.format(v) : (v ?? '');
  });
}
