import { bytes, mebibytesOf, millicoresOf, processors } from '../../../../lib/declaration/schema/quantity';

it.each([
  ['1Mi', 1],
  ['512Mi', 512],
  ['2Gi', 2048],
  ['3Ti', 3 * 1024 * 1024],
])('a memory quantity of %s is %d MiB', (quantity, mebibytes) => {
  expect(mebibytesOf(quantity)).toBe(mebibytes);
});

it.each([
  ['1m', 1],
  ['250m', 250],
  ['2', 2000],
])('a processor quantity of %s is %d thousandths of a processor', (quantity, millicores) => {
  expect(millicoresOf(quantity)).toBe(millicores);
});

it.each(['256Mi', '1Gi', '64Ti'])('memory may be %s', (quantity) => {
  expect(bytes('256Mi').parse(quantity)).toBe(quantity);
});

it.each(['255Mi', '65Ti', '1024', '1G', '1gi', '0Gi', '01Gi', '1.5Gi', ' 1Gi', '1Gi\n', '', 1024])(
  'memory may not be %j',
  (quantity) => {
    const { error } = bytes('256Mi').safeParse(quantity);
    expect(error?.issues.map(({ message }) => message)).toEqual([
      `must be a quantity like "512Mi" or "10Gi", from "256Mi" to "64Ti", got ${JSON.stringify(quantity)}; write a whole number with its unit`,
    ]);
  },
);

it.each(['10m', '1', '1000'])('a node may request %s of processors', (quantity) => {
  expect(processors('10m').parse(quantity)).toBe(quantity);
});

it.each(['9m', '1001', '0', '0.5', '1Gi', '250M', '', 1])('a node may not request %j of processors', (quantity) => {
  const { error } = processors('10m').safeParse(quantity);
  expect(error?.issues.map(({ message }) => message)).toEqual([
    `must be a quantity like "250m" or "2", from "10m" to "1000", got ${JSON.stringify(quantity)}; write a whole number, or thousandths with "m"`,
  ]);
});
