/** The page as plain files that a strict content security policy lets through: nothing inlined, nothing evaluated. */

import { defineConfig } from 'vite'

export default defineConfig({
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    // Its polyfill would be a script in the page itself.
    modulePreload: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
})
