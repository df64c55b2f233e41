/** Puts the page on the screen. */

import { render } from 'preact'
import { App } from './app.js'
import { Visit } from './state/visit.js'

const root = document.getElementById('page')
if (root !== null) render(<App visit={new Visit()} />, root)
