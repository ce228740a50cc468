import { runService } from '../kit/cluster.ts';
import { createMemoryServer } from './server.ts';

runService({ name: 'memory', createServer: createMemoryServer });
