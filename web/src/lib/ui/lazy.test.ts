import { expect, it } from 'vitest';
import { lazy } from './lazy';

it('is a promise until it has come, and then itself', async () => {
  let asked = 0;
  const part = lazy(async () => ({ n: ++asked }));
  const [a, b] = [part(), part()];
  expect(a).toBeInstanceOf(Promise);
  expect(await a).toEqual({ n: 1 });
  expect(await b).toEqual({ n: 1 });
  expect(part()).toEqual({ n: 1 });
  expect(asked).toBe(1);
});

it('is asked for again when it did not come', async () => {
  let there = false;
  const part = lazy(() => (there ? Promise.resolve('here') : Promise.reject(new Error('offline'))));
  await expect(part()).rejects.toThrow('offline');
  there = true;
  expect(await part()).toBe('here');
});
