/** Whether ⌘ is the modifier of this device's shortcuts. */
export const mac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The keycap of that modifier. */
export const modCap = mac ? '⌘' : 'Ctrl';
