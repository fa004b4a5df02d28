/** How the settings of a channel are asked for: their order, and their names for people. */
import { t, type Key } from '../i18n/settings';

/** A field as the server's JSON Schema describes it. */
export interface Field {
  name: string;
  title: string;
  what: string;
  kind: 'text' | 'long' | 'list' | 'number' | 'choice' | 'yes' | 'colour' | 'secret';
  choices: readonly string[];
  standard: unknown;
}

interface Schema {
  type?: string | string[];
  description?: string;
  enum?: string[];
  default?: unknown;
  format?: string;
  maxLength?: number;
}

/** What matters most comes first; what is not named here follows as the server has it. */
const order = [
  'greeting',
  'intro',
  'reply_time',
  'accent',
  'header_color',
  'side',
  'ask_email',
  'allowed_origins',
  'identity_secret',
  'address',
  'sign_in',
  'aliases',
  'from_name',
  'imap_host',
  'imap_port',
  'imap_security',
  'imap_user',
  'imap_password',
  'imap_folders',
  'imap_days',
  'imap_seen',
  'smtp_host',
  'smtp_port',
  'smtp_security',
  'smtp_user',
  'smtp_password',
  'webhook_url',
  'webhook_secret',
  'inbound_secret',
];
const titles: Record<string, Key> = {
  greeting: 'field.greeting',
  intro: 'field.intro',
  reply_time: 'field.replyTime',
  accent: 'field.accent',
  header_color: 'field.header',
  side: 'field.side',
  ask_email: 'field.askEmail',
  allowed_origins: 'field.origins',
  identity_secret: 'field.identity',
  address: 'field.address',
  sign_in: 'field.signIn',
  aliases: 'field.aliases',
  from_name: 'field.fromName',
  imap_host: 'field.imapHost',
  imap_port: 'field.imapPort',
  imap_security: 'field.imapSecurity',
  imap_user: 'field.imapUser',
  imap_password: 'field.imapPassword',
  imap_folders: 'field.imapFolders',
  imap_days: 'field.imapDays',
  imap_seen: 'field.imapSeen',
  smtp_host: 'field.smtpHost',
  smtp_port: 'field.smtpPort',
  smtp_security: 'field.smtpSecurity',
  smtp_user: 'field.smtpUser',
  smtp_password: 'field.smtpPassword',
  webhook_url: 'field.webhookUrl',
  webhook_secret: 'field.webhookSecret',
  inbound_secret: 'field.inboundSecret',
};

function kindOf(name: string, s: Schema, secrets: readonly string[]): Field['kind'] {
  const types = Array.isArray(s.type) ? s.type : [s.type];
  if (secrets.includes(name)) return 'secret';
  if (s.enum) return 'choice';
  if (types.includes('boolean')) return 'yes';
  if (types.includes('array')) return 'list';
  if (types.includes('integer')) return 'number';
  if (s.format === 'color') return 'colour';
  return (s.maxLength ?? 0) >= 300 ? 'long' : 'text';
}

/** The fields of a channel's settings, in the order they are asked for. */
export function fieldsOf(schema: unknown, secrets: readonly string[]): Field[] {
  const properties = (schema as { properties?: Record<string, Schema> }).properties ?? {};
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(properties)
    .filter(([name]) => name !== '$schema')
    .sort(([a], [b]) => place(a) - place(b))
    .map(([name, s]) => ({
      name,
      title: titles[name] ? t(titles[name]) : name.replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase()),
      what: s.description ?? '',
      kind: kindOf(name, s, secrets),
      choices: s.enum ?? [],
      standard: s.default,
    }));
}

const choiceWords: Record<string, Key> = {
  left: 'choice.left',
  right: 'choice.right',
  starttls: 'choice.starttls',
  tls: 'choice.tls',
  none: 'choice.none',
  password: 'choice.password',
  google: 'choice.google',
  microsoft: 'choice.microsoft',
  custom: 'choice.custom',
};

/** Whether a field says nothing, as the others are: where a provider lets Parley in, there are no passwords. */
export const idle = (name: string, values: Record<string, unknown>): boolean =>
  /^(imap|smtp)_password$/.test(name) && ['google', 'microsoft', 'custom'].includes(String(values['sign_in']));

/** What a choice is called; one of a newer server is shown as it is. */
export const choiceWord = (value: string): string => (choiceWords[value] ? t(choiceWords[value]) : value);
