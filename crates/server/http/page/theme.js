'use strict';
// Light, dark, or as the system has it. No module: it has to run before the first paint.
{
  const THEMES = ['auto', 'light', 'dark'];
  const KEY = 'relapse.theme';
  let theme = localStorage.getItem(KEY);
  if (!THEMES.includes(theme)) theme = 'auto';

  const apply = () => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) button.textContent = `Theme: ${theme}`;
  };

  apply();
  document.addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme').addEventListener('click', () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      localStorage.setItem(KEY, theme);
      apply();
    });
  });
}
