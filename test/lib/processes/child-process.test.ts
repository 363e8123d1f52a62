import { spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { killAtExit, run } from '../../../lib/processes/child-process';

const CHILDREN = 20;

it('all running commands share one exit listener, which is removed after the last one', async () => {
  const before = process.listenerCount('exit');
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const running = Array.from({ length: CHILDREN }, () => run('sleep', ['1000'], { signal: end.signal }));
  const during = process.listenerCount('exit');
  end.abort();
  const ended = await Promise.all(running);
  expect(ended.map(({ exitCode }) => exitCode)).toEqual(Array(CHILDREN).fill(128));
  expect([during, process.listenerCount('exit')]).toEqual([before + 1, before]);
});

it('the exit listener kills each child that is still registered', async () => {
  const [kept, released] = [spawn('cat'), spawn('cat')];
  const ends = [kept, released].map((child) => once(child, 'exit'));
  const release = killAtExit(kept);
  killAtExit(released)();
  process.listeners('exit')[0]?.call(process, 0);
  release();
  released.stdin.end();
  await expect(Promise.all(ends)).resolves.toEqual([
    [null, 'SIGKILL'],
    [0, null],
  ]);
});
