/** Says that a layer over the screen is here and has the focus: whoever kept what was typed before it gives it on. */
export const arrived = (): boolean => dispatchEvent(new Event(layer));

/** The event by which arrived says it, of the window. */
export const layer = 'layer';

/**
 * Where dialogs are: at the end of the page, and a page of its own, so that one that opens lays nothing else out and
 * paints nothing else.
 */
export function layers(): HTMLElement {
  const there = document.getElementById('layers');
  if (there) return there;
  const made = document.createElement('div');
  made.id = 'layers';
  document.body.append(made);
  return made;
}
