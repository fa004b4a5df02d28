/** For tests: waits for what comes by itself, however slow the machine is. */
import { vi } from 'vitest';

export const eventually = <T>(expected: () => T | Promise<T>) => vi.waitFor(expected, { timeout: 50_000, interval: 5 });
