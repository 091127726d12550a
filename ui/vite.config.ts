import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { themeBeforePaint } from './build/theme-before-paint.ts';

export default defineConfig({
  plugins: [svelte(), themeBeforePaint()],
  build: {
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // Nothing may become a data: address, since the page is served with `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The chat, which the engine serves, and the phone, which the carrier simulator serves.
    rolldownOptions: { input: ['index.html', 'phone.html'] },
  },
  test: { include: ['tests/unit/**/*.test.ts'] },
});
