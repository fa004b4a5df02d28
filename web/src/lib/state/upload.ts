/** How a file gets to the server. */
import { t } from '../i18n/t';
import { Refused, Unreachable } from './http';
import type { Attachment } from './model';

/** XMLHttpRequest, because fetch does not tell how much of an upload is through. */
export function uploadTo(url: string, file: File, progress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
  return new Promise((done, fail) => {
    const x = new XMLHttpRequest();
    x.open('POST', url);
    x.setRequestHeader('X-Parley-CSRF', '1');
    x.responseType = 'json';
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    x.onload = () => {
      if (x.status < 300) return done(x.response as Attachment);
      const p = x.response as { detail?: string; code?: string } | null;
      fail(new Refused(x.status, p?.code ?? 'internal', p?.detail ?? t('error.upload')));
    };
    x.onerror = () => fail(new Unreachable('upload'));
    x.onabort = () => fail(new DOMException('Upload removed', 'AbortError'));
    signal.addEventListener('abort', () => x.abort());
    const form = new FormData();
    form.append('file', file);
    x.send(form);
  });
}
