/**
 * The least that a change pushed from one directory to another can cost in Node, without any engine: a watcher, a POST, a
 * socket, a temporary file and a rename. One of three processes. Arguments: 'server'; 'from' or 'to', port, directory.
 */

import { readFileSync, renameSync, watch, writeFileSync } from 'node:fs'
import { Agent, createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const [role, port, directory = ''] = process.argv.slice(2)
const tell = (message: unknown): void => void process.send?.(message)

if (role === 'server') serve()
else if (role === 'from') watchAndPost(Number(port), directory)
else listenAndWrite(Number(port), directory)

function serve(): void {
  let listener: ServerResponse | null = null
  const server = createServer((asked, answer) => {
    if (asked.method === 'GET') {
      listener = answer
      answer.writeHead(200).flushHeaders()
      return
    }
    let body = ''
    asked.setEncoding('utf8').on('data', (text: string) => (body += text))
    asked.on('end', () => {
      listener?.write(`${JSON.stringify(body)}\n`)
      answer.end()
    })
  })
  server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port))
}

function watchAndPost(to: number, from: string): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let last = ''
  watch(from, (_, name) => {
    if (name === null) return
    const content = readFileSync(join(from, name), 'utf8')
    // A write is two events: it is cut, then filled.
    if (content === '' || content === last) return
    last = content
    const posted = request({ host: '127.0.0.1', port: to, method: 'POST', agent }, (answer) => answer.resume())
    posted.end(content)
  })
  tell('up')
}

function listenAndWrite(from: number, to: string): void {
  request({ host: '127.0.0.1', port: from, method: 'GET' }, (answer) => {
    let rest = ''
    answer.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        writeFileSync(join(to, '.part'), JSON.parse(line) as string)
        renameSync(join(to, '.part'), join(to, 'live.txt'))
      }
    })
    tell('up')
  }).end()
}
process.on('disconnect', () => process.exit())
