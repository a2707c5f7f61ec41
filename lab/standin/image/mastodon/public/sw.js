// Stand-in's service worker: shows pushed notifications, caches nothing.
self.addEventListener('push', (event) => {
  const { title, body } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body }));
});
