/** What can be done about filters and views; fetched after the first rows. */
import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import Clock from '@lucide/svelte/icons/clock';
import Filter from '@lucide/svelte/icons/list-filter';
import Star from '@lucide/svelte/icons/panels-top-left';
import { t } from '../i18n/find';
import { t as st } from '../i18n/schedule';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { router } from '../router/router.svelte';
import { session } from '../state/session.svelte';
import type { Sort } from './filter';
import { asFilter, findList, readFind, writeFind } from './place';
import { views } from './views.svelte';

/** The commands of the list on screen. */
export function findCommands(s: Screen): Command[] {
  const sorted = () => readFind(s.place.list.find ?? '').sort ?? 'newest';
  const sortBy = (sort: Sort) => () => {
    const asked = s.place.list.find === undefined ? { filter: asFilter(s.place.list) } : readFind(s.place.list.find);
    s.go({ list: findList({ ...asked, sort }) });
  };
  return [
    { id: 'filter', label: t('do.filter'), icon: Filter, keys: ['f'], group: 'move', also: t('do.filterAlso'), run: () => (s.overlay = 'filter') },
    {
      id: 'sort-waiting',
      label: t('do.longest'),
      icon: Clock,
      keys: ['w'],
      group: 'move',
      also: t('do.longestAlso'),
      when: () => sorted() !== 'waiting',
      run: sortBy('waiting'),
    },
    { id: 'sort-newest', label: t('do.newest'), icon: Clock, keys: ['w'], group: 'move', when: () => sorted() === 'waiting', run: sortBy('newest') },
    {
      id: 'scheduled',
      label: st('do.list'),
      icon: CalendarClock,
      keys: ['g d'],
      group: 'go',
      also: st('do.listAlso'),
      run: () => router.go(`/${session.slug}/scheduled`),
    },
    { id: 'views', label: t('do.views'), icon: Star, keys: ['v'], group: 'go', also: t('do.viewsAlso'), run: () => (s.overlay = 'views') },
  ];
}

/** The pinned views of the reader: by the digits after those of the first three lists, and in the palette. */
export function savedCommands(): Command[] {
  return views.pinned.map((v, i): Command => ({
    id: `saved-${v.id}`,
    label: t('go.view', { name: v.name }),
    icon: Star,
    keys: i < 6 ? [`${i + 4}`] : [],
    group: 'go',
    run: () => router.go(`/${session.slug}/find/${encodeURIComponent(writeFind({ view: v.id }))}`),
  }));
}
