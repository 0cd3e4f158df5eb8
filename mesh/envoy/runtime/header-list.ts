export { HeaderList } from '../../world/header-list.ts';
