// Runs before the first paint, so that the page never flashes in the other theme.
(function () {
  var choice = localStorage.getItem('parley.theme');
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
