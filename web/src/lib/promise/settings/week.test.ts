import { describe, expect, it } from 'vitest';
import { readDay, writeDay } from './week';

describe('the periods of a day', () => {
  it('are read as people write them', () => {
    expect(readDay('9-12, 13:00–17:30')).toEqual([
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '17:30' },
    ]);
    expect(readDay('22.00 to 24:00')).toEqual([{ from: '22:00', to: '24:00' }]);
    expect(readDay('  ')).toEqual([]);
    expect(readDay('all day')).toBeUndefined();
    expect(readDay('9-12, 13')).toBeUndefined();
  });
  it('are written so that they can be read again', () => {
    const day = [
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '17:30' },
    ];
    expect(readDay(writeDay(day))).toEqual(day);
  });
});
