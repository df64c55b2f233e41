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
}
