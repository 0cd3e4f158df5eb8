export { normalizePath } from '../headers/path.ts';
