/** One house for each kind of wrong arrow: what is planted, and where the fault must be found. */

import type { Fault } from '../../scripts/floors/survey.js'

interface Planted {
  readonly title: string
  readonly fault: Fault
  readonly where: string
  readonly files: Readonly<Record<string, string>>
}

export const PLANTED: readonly Planted[] = [
  {
    title: 'an import up',
    fault: 'up',
    where: 'src/model/a.ts:1',
    files: { 'src/model/a.ts': "import '../engine/loop.js'" },
  },
  {
    title: 'a type import up',
    fault: 'up',
    where: 'src/model/a.ts:2',
    files: { 'src/model/a.ts': "\nimport type { Loop } from '../engine/loop.js'" },
  },
  {
    title: 'a re-export up',
    fault: 'up',
    where: 'src/interfaces/a.ts:1',
    files: { 'src/interfaces/a.ts': "export * from '../server/thing.js'" },
  },
  {
    title: 'import() up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "export const load = () => import('../options.js')" },
  },
  {
    title: 'an import() type up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "export type A = import('../sync-engine.js').A" },
  },
  {
    title: 'require up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "require('../options.js')" },
  },
  {
    title: 'the core reaching into an adapter',
    fault: 'up',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import '../../adapters/node/disk.js'" },
  },
  {
    title: 'siblings: content to protocol',
    fault: 'sibling',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "import '../protocol/thing.js'" },
  },
  {
    title: 'siblings: engine to server, types only',
    fault: 'sibling',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import type { here } from '../server/thing.js'" },
  },
  {
    title: 'a circle of two',
    fault: 'circle',
    where: 'src/engine/a.ts',
    files: { 'src/engine/a.ts': "import './b.js'", 'src/engine/b.ts': "import './a.js'" },
  },
  {
    title: 'a circle of four, closed by a type import',
    fault: 'circle',
    where: 'adapters/node/a.ts',
    files: {
      'adapters/node/a.ts': "import './b.js'",
      'adapters/node/b.ts': "export * from './c.js'",
      'adapters/node/c.ts': "export const d = () => import('./d.js')",
      'adapters/node/d.ts': "import type { A } from './a.js'",
    },
  },
  {
    title: 'a file that imports itself',
    fault: 'circle',
    where: 'src/engine/a.ts',
    files: { 'src/engine/a.ts': "import './a.js'" },
  },
  {
    title: 'an adapter that opens a file of the core',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import '../../src/engine/loop.js'" },
  },
  {
    title: 'an adapter that opens another adapter',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import '../memory/index.js'" },
  },
  {
    title: 'shared that opens an adapter',
    fault: 'leaf',
    where: 'adapters/shared/a.ts:1',
    files: { 'adapters/shared/a.ts': "import '../memory/index.js'" },
  },
  {
    title: 'an adapter that imports the package by name',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import 'tidemark/server'" },
  },
  {
    title: 'an example that opens the core by path',
    fault: 'leaf',
    where: 'examples/cli/a.ts:1',
    files: { 'examples/cli/a.ts': "import '../../src/index.js'" },
  },
  {
    title: 'an example that opens another example',
    fault: 'leaf',
    where: 'examples/cli/a.ts:1',
    files: { 'examples/cli/a.ts': "import '../express-server/thing.js'" },
  },
  {
    title: 'a library that is not one of the core',
    fault: 'package',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import 'p-retry'" },
  },
  {
    title: 'Node in the core',
    fault: 'package',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import 'node:fs'" },
  },
  {
    title: 'an inner barrel',
    fault: 'barrel',
    where: 'src/engine/index.ts',
    files: { 'src/engine/index.ts': "export * from './loop.js'" },
  },
  {
    title: 'the core importing through its own entry',
    fault: 'barrel',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import '../accounts/index.js'" },
  },
  {
    title: 'a room that the plan does not know',
    fault: 'directory',
    where: 'src/utils',
    files: { 'src/utils/a.ts': '' },
  },
  {
    title: 'a room inside a room',
    fault: 'directory',
    where: 'src/engine/inner',
    files: { 'src/engine/inner/a.ts': '' },
  },
  {
    title: 'an adapter that this release does not have',
    fault: 'directory',
    where: 'adapters/s3',
    files: { 'adapters/s3/a.ts': '' },
  },
  { title: 'a file beside the rooms', fault: 'directory', where: 'src/helpers.ts', files: { 'src/helpers.ts': '' } },
  {
    title: 'a relative import of nothing',
    fault: 'unresolved',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import './gone.js'" },
  },
  {
    title: 'a computed module name in the core',
    fault: 'unresolved',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': 'export const load = (name: string) => import(name)' },
  },
]
