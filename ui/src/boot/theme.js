// Runs before the first paint. The choice is 'light', 'dark' or nothing (as the system does); styles/tokens.css reads the attribute.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('ringback.theme');
  } catch (error) {
    // Storage may be switched off; then the system decides.
  }
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
})();
