/** Says that a layer over the screen is here and has the focus: whoever kept what was typed before it gives it on. */
export const arrived = (): boolean => dispatchEvent(new Event(layer));

/** The event by which arrived says it, of the window. */
export const layer = 'layer';
