// The exports of testing for Node: reads policies and the files that they name.

export {
  isWithinAny,
  projectReader,
  readBounded,
  readChunks,
  readTextFile,
  tooLarge,
} from './project-files.ts';
