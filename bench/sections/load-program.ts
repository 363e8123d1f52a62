import { openLoop, type LoadRequest } from './open-loop';

/* The caller of the proxy, in a process of its own. Its parent sends the loads, one after another. */

process.on('message', (request: LoadRequest) => {
  openLoop(request).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failure: (error as Error).message }),
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
