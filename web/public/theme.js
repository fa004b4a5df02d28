// Runs before the first paint, so that the page never flashes in the other theme. Who leaves it to the system is in its theme at once when that changes.
(function () {
  var system = matchMedia('(prefers-color-scheme: dark)');
  function dress() {
    var choice = localStorage.getItem('parley.theme');
    var dark = choice === 'dark' || (choice !== 'light' && system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }
  dress();
  system.addEventListener('change', dress);
})();
