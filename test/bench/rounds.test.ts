import { inTurn, timed } from '../../bench/rounds';

it('the rounds measure the candidates in turn and report progress', async () => {
  const measured: string[] = [];
  const said: string[] = [];
  const of = (name: string, figures: number[]) => () => {
    measured.push(name);
    return Promise.resolve(figures.shift() ?? NaN);
  };
  const { ours, other } = await inTurn(3, { ours: of('ours', [3, 1, 2]), other: of('other', [6, 5, 4]) }, (line) =>
    said.push(line),
  );
  expect(measured).toEqual(['ours', 'other', 'ours', 'other', 'ours', 'other']);
  expect([ours.median, other.median]).toEqual([2, 5]);
  expect(ours.all).toEqual([3, 1, 2]);
  expect(said.at(-1)).toBe('round 3/3: other');
});

it('a timing fails if the measured action fails', async () => {
  await expect(timed(() => Promise.reject(new Error('no server')))).rejects.toThrow('no server');
});
