import { expect, test } from 'vitest';
import { allZones, cityOf, fieldOf, inZone, ownZone } from './zones';

// F1-57: a moment is shown in the customer's zone and in one's own.
test('a moment in another zone', () => {
  const at = '2026-06-15T22:30:00Z';
  expect(fieldOf(at, 'Asia/Tokyo')).toBe('2026-06-16T07:30');
  expect(fieldOf(at, 'America/New_York')).toBe('2026-06-15T18:30');
  expect(fieldOf('2026-06-15T22:00:00Z', 'Europe/Stockholm')).toBe('2026-06-16T00:00');
  expect(inZone(at, 'Asia/Tokyo')).toMatch(/Tuesday.*16|16.*Tuesday/);
});

test('zones are named by their city', () => {
  expect(cityOf('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
  expect(cityOf('UTC')).toBe('UTC');
  expect(allZones()).toContain('Europe/Stockholm');
  expect(ownZone()).not.toBe('');
});
