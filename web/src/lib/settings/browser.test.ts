import { expect, it } from 'vitest';
import { browserName } from './browser';

it('names browsers by what they are, not by what they claim to be like', () => {
  expect(browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36')).toBe('Chrome on Linux');
  expect(browserName('Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0')).toBe('Edge on Windows');
  expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1')).toBe(
    'Safari on iOS',
  );
  expect(browserName('node')).toBe('node');
  expect(browserName('')).toBe('An unknown browser');
});
