import type { Lateness } from '../../../rehearsal/outage/lateness';
import { atThePaceOfThisMachine, MachineTooLate, type Attempt } from '../../../rehearsal/outage/machine-pace';

/** A machine with this lateness in each attempt. */
function machine(...lateMs: readonly number[]): () => Lateness {
  const left = [...lateMs];
  return () => {
    const late = left.shift() ?? 0;
    let marginMs = Infinity;
    return {
      allowAnswers: (ms: number) => (marginMs = ms),
      get isTooLate() {
        return late > marginMs;
      },
      toString: () => `${late} ms late`,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    } as unknown as Lateness;
  };
}

async function scalesOn(measure: () => Lateness, outcome: (scale: number) => void): Promise<number[]> {
  const scales: number[] = [];
  const run = ({ scale, lateness }: Attempt): Promise<void> => {
    scales.push(scale);
    lateness.allowAnswers(100 * scale);
    return Promise.resolve().then(() => outcome(scale));
  };
  await atThePaceOfThisMachine(run, measure);
  return scales;
}

beforeEach(() => jest.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

const pass = (): void => undefined;
const fail = (): void => {
  throw new Error('a grant was lost');
};

test('an attempt on a punctual machine counts', async () => {
  await expect(scalesOn(machine(100), pass)).resolves.toEqual([1]);
});

test('a failure on a punctual machine is a failure', async () => {
  await expect(scalesOn(machine(100), fail)).rejects.toThrow('a grant was lost');
});

test('an attempt on a late machine is repeated at twice the scale, whether it passed or failed', async () => {
  await expect(scalesOn(machine(101, 200), pass)).resolves.toEqual([1, 2]);
  await expect(scalesOn(machine(101, 201, 50), (scale) => scale < 4 && fail())).resolves.toEqual([1, 2, 4]);
});

test('the test fails if the machine is late at every scale, and the error gives the lateness', async () => {
  const attempts = scalesOn(machine(101, 201, 401, 801), pass);
  await expect(attempts).rejects.toThrow(MachineTooLate);
  await expect(attempts).rejects.toThrow('scale 8: 801 ms late');
});
