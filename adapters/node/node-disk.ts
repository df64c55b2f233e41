/** The disk of this machine lives in `shared`, where the pack files of `tidemark/sqlite` stand on it too. */

export { nodeDisk, statOf } from '../shared/node-disk.js'
