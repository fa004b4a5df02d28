/**
 * Words of the interface. They live in one JSON file per area and locale, so
 * that a screen fetches only its own; a key that a file does not have is a type
 * error.
 */

/** The keys of an area; plural ones are written without _one and _other. */
export type KeyOf<W> = Base<keyof W & string>;
type Base<K extends string> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;

/** What fills {name} in a text; n also chooses the plural. */
export type Params = Record<string, string | number>;

const plural = new Intl.PluralRules('en');
const number = new Intl.NumberFormat('en');

/** Returns how an area's words are looked up and filled in. */
export function words<W extends Record<string, string>>(en: W): (key: KeyOf<W>, params?: Params) => string {
  const all: Record<string, string> = en;
  return (key, params = {}) => {
    const n = params['n'];
    const form = typeof n === 'number' ? all[`${key}_${plural.select(n)}`] : undefined;
    const text = form ?? all[key] ?? all[`${key}_other`] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const v = params[name];
      return typeof v === 'number' ? number.format(v) : (v ?? '');
    });
  };
}
