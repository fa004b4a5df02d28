import { expect, it } from 'vitest';
import { fieldsOf } from './fields';

it('asks for what matters first, in words, and keeps fields that a newer server has', () => {
  const schema = {
    properties: {
      $schema: {},
      shiny_new: { type: 'boolean' },
      smtp_password: { type: 'string' },
      smtp_security: { type: 'string', enum: ['tls', 'none'], default: 'tls' },
      address: { type: 'string', description: 'Where' },
      allowed_origins: { type: ['array', 'null'] },
      accent: { type: 'string', format: 'color' },
      intro: { type: 'string', maxLength: 300 },
      smtp_port: { type: 'integer' },
    },
  };
  const fields = fieldsOf(schema, ['smtp_password']);
  expect(fields.map((f) => [f.name, f.kind])).toEqual([
    ['intro', 'long'],
    ['accent', 'colour'],
    ['allowed_origins', 'list'],
    ['address', 'text'],
    ['smtp_port', 'number'],
    ['smtp_security', 'choice'],
    ['smtp_password', 'secret'],
    ['shiny_new', 'yes'],
  ]);
  expect(fields.at(-1)?.title).toBe('Shiny new');
  expect(fields[3]).toMatchObject({ title: 'Address', what: 'Where' });
});
