import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/*
 * Counts the lines of tracked files by room: `npm run lines`. The product is TypeScript and JavaScript outside test. Tests
 * include snapshots and recorded JSON. Lock files do not count.
 */

const SOURCE = /[.][cm]?[jt]s$/;
const TEST = /[.]([cm]?[jt]s|snap|json)$/;
const LOCK = /(^|[/])package-lock[.]json$/;

const product = new Map<string, number>();
const tests = new Map<string, number>();
for (const path of execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean)) {
  const isTest = path.startsWith('test/');
  if (LOCK.test(path) || !(isTest ? TEST : SOURCE).test(path)) {
    continue;
  }
  const room = isTest ? testKind(path) : productRoom(path);
  const counted = isTest ? tests : product;
  counted.set(room, (counted.get(room) ?? 0) + (readFileSync(path, 'utf8').split('\n').length - 1));
}
show('product', product);
show('tests', tests);

function productRoom(path: string): string {
  const [part = '', room = ''] = path.split('/');
  if (room === '') {
    return 'files of the root';
  }
  return part === 'lib' ? `lib/${room}` : part;
}

function testKind(path: string): string {
  if (path.endsWith('.snap')) {
    return 'snapshots';
  }
  if (path.endsWith('.json')) {
    return 'recorded JSON';
  }
  return path.startsWith('test/fixtures/') ? 'fixtures' : 'test files';
}

function show(title: string, rooms: ReadonlyMap<string, number>): void {
  const total = [...rooms.values()].reduce((sum, lines) => sum + lines, 0);
  for (const [room, lines] of [...rooms].sort(([a], [b]) => a.localeCompare(b)).concat([[title, total]])) {
    console.log(`${room.padEnd(20)}${lines.toLocaleString('en').padStart(8)}`);
  }
  console.log();
}
