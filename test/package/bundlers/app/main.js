/** A page app as a stranger writes it: by the public names of the package, and built by a bundler. */

import { SyncEngine } from 'tidemark'
import { browserFolder, httpTransport } from 'tidemark/browser'

let engine = null

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('notes', { create: true })
}

globalThis.app = {
  async write(path, text) {
    const stream = await (await (await folder()).getFileHandle(path, { create: true })).createWritable()
    await stream.write(text)
    await stream.close()
  },
  async read(path) {
    return (await (await (await folder()).getFileHandle(path)).getFile()).text()
  },
  /** `worker`: where its script is; null: as the package finds it. */
  async start({ url, token, worker }) {
    const options = worker === null ? {} : { worker: () => new Worker(worker, { type: 'module' }) }
    const transport = httpTransport({ url, workspace: 'notes', token })
    engine = new SyncEngine({ ...browserFolder('notes', options), transport, deviceName: 'page' })
    await engine.start()
    await engine.whenSynced()
  },
  stop: () => engine.stop(),
}
