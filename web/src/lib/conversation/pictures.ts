/** Files that are shown in place. */
import type { Attachment } from '../state/model';

/** The server shows these in place; everything else, and what is empty, is a download. */
export const isPicture = (f: Attachment): boolean => f.size > 0 && /^image\/(png|jpeg|gif|webp|avif)$/.test(f.content_type);
