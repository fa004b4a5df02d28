// Shows what is pushed to this browser, and leads to it. It keeps nothing and
// serves nothing.
const many = (n) => (n.count ? `${n.count} conversations` : 'a conversation');
const said = {
  assigned: (n) => `${n.actor ?? 'Parley'} assigned you ${many(n)}`,
  unassigned: (n) => `${n.actor ?? 'Parley'} took ${many(n)} from you`,
  mention: (n) => `${n.actor ?? 'Somebody'} mentioned you`,
  team: (n) => `${n.actor ?? 'Parley'} gave your team ${many(n)}`,
  ended: () => 'What you follow has ended',
  reminder: () => 'Reminder',
  member_left: (n) => `${n.actor ?? 'Somebody'} has left`,
  new_conversation: () => 'New conversation',
  target: () => 'Due soon',
  deadline: () => 'Overdue',
  escalated: () => 'Escalated',
  snooze_ended: () => 'Back from snooze',
  follow_up: () => 'Time to follow up',
};

self.addEventListener('push', (e) => {
  let n = {};
  try {
    n = e.data ? e.data.json() : {};
  } catch {
    // a message that cannot be read still says that there is something
  }
  const title = said[n.kind]?.(n) ?? 'Something is new in Parley';
  e.waitUntil(self.registration.showNotification(title, { body: n.subject ?? '', tag: n.id, icon: '/mark.svg', data: { path: n.path ?? '/' } }));
});

self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const path = e.notification.data?.path;
  const url = new URL(typeof path === 'string' && path.startsWith('/') && !path.startsWith('//') ? path : '/', self.location.origin).href;
  e.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((all) => {
      const open = all[0];
      return open ? open.focus().then((c) => ('navigate' in c ? c.navigate(url) : undefined)) : self.clients.openWindow(url);
    }),
  );
});
