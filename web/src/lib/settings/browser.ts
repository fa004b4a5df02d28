/** What a browser says of itself, in words. */
import { t } from '../i18n/settings';

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** Names the browser and the system of a User-Agent header; one that nobody knows is shown shortened. */
export function browserName(agent: string): string {
  const browser = browsers.find(([r]) => r.test(agent))?.[1];
  const system = systems.find(([r]) => r.test(agent))?.[1];
  if (browser && system) return t('browser.on', { browser, system });
  return browser ?? (agent.slice(0, 60) || t('browser.unknown'));
}
