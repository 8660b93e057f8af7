import { fakeClock } from '../support/events.ts';
import { memoryBlobs } from '../../src/log/memoryBlobs.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import { blobsContract } from '../contract/blobs.ts';
import { eventLogContract } from '../contract/eventLog.ts';

eventLogContract('in memory', async () => {
  const blobs = memoryBlobs();
  return { log: memoryLog(fakeClock(), blobs), blobs };
});
blobsContract('in memory', async () => memoryBlobs());
