/** What the documents use of Electron, which is not installed here. */
declare module 'electron' {
  export const app: {
    getPath(name: 'documents'): string
    whenReady(): Promise<void>
    quit(): void
    on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): void
  }
  export const ipcMain: {
    handle(channel: string, listener: (event: unknown, ...args: string[]) => unknown): void
  }
  export const powerMonitor: { on(event: 'suspend' | 'resume', listener: () => void): void }
  export class BrowserWindow {
    static getAllWindows(): readonly BrowserWindow[]
    readonly webContents: { send(channel: string, data: unknown): void }
  }
  export const contextBridge: { exposeInMainWorld(name: string, api: object): void }
  export const ipcRenderer: {
    invoke(channel: string, ...args: readonly string[]): Promise<unknown>
    on<T>(channel: string, listener: (event: unknown, data: T) => void): void
    off<T>(channel: string, listener: (event: unknown, data: T) => void): void
  }
  export const net: { fetch(url: string): Promise<Response> }
  export const protocol: {
    registerSchemesAsPrivileged(
      schemes: readonly {
        readonly scheme: string
        readonly privileges: {
          readonly standard?: boolean
          readonly secure?: boolean
          readonly supportFetchAPI?: boolean
        }
      }[],
    ): void
    handle(scheme: string, answer: (request: Request) => Response | Promise<Response>): void
  }
}
