/** A worker of the app that is nothing but the one of the package: a bundler may not take its import for a useless one. */

import 'tidemark/browser/worker'
