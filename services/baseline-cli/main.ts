import { runService } from '../kit/cluster.ts';
import { createServer } from './server.ts';

runService({ name: 'baseline-cli', createServer });
