import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const SOURCE = 'src/boot/theme.js';

/**
 * Puts the small script that chooses the theme into the page's head as a classic, blocking, external script with a hashed name:
 * a module would run after the first paint (a flash of the wrong theme), and an inline one is refused by the page's policy.
 */
export function themeBeforePaint(): Plugin {
  let reference = '';
  return {
    name: 'theme-before-paint',
    buildStart() {
      if (this.meta.watchMode) this.addWatchFile(SOURCE);
      if (this.environment.config.command !== 'build') return;
      reference = this.emitFile({ type: 'asset', name: 'theme.js', source: readFileSync(SOURCE, 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, context) {
        const script = context.bundle
          ? Object.values(context.bundle).find((file) => file.type === 'asset' && file.names.includes('theme.js'))?.fileName
          : SOURCE;
        if (!script) throw new Error(`${SOURCE} was not emitted (${reference})`);
        return html.replace('<head>', `<head>\n    <script src="/${script}"></script>`);
      },
    },
  };
}
