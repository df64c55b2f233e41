/** Around the snippets that answer conflicts: two devices in memory have edited one file, and `engine` is one of them. */
import { SyncEngine } from 'tidemark'
import { loopbackTransport, memoryFolder, memoryServer } from 'tidemark/memory'
import { systemClock, systemRandom } from 'tidemark/node'

const { server } = memoryServer({ clock: systemClock(), random: systemRandom() })
await server.open()

function device(deviceName: string) {
  const folder = memoryFolder()
  const transport = loopbackTransport(server, { workspace: 'notes', user: 'ann' })
  return { folder, engine: new SyncEngine({ ...folder, transport, deviceName }) }
}

const [laptop, desk] = [device('laptop'), device('desk')]
for (const { folder, engine } of [laptop, desk]) {
  folder.volume.writeFileSync(`${folder.root}/list.txt`, engine === desk.engine ? 'buy bread' : 'buy milk')
  await engine.sync()
}

export const engine = desk.engine

export async function finish(_declared: object): Promise<void> {
  const left = await engine.conflicts.list()
  if (left.length > 0) throw new Error(`still open: ${left.map(({ copy }) => copy).join(', ')}`)
  await engine.stop()
  await server.close()
}
