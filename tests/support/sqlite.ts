import { loadDriver } from '../../src/deliver/store/open.js';

/** The driver that the program itself uses: two in one process would not see each other's locks. */
export const Sqlite = loadDriver();
