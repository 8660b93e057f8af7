import { plainShell } from '../../src/sandbox/shell.ts';
import { shellContract } from '../contract/shell.ts';

shellContract('the system shell without a sandbox', plainShell);
