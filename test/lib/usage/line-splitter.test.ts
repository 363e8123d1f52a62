import { LineSplitter } from '../../../lib/usage/line-splitter';

/** Lines of the text, which comes in chunks of this many bytes. `null`: a line that is too long. */
function split(text: string, chunkBytes: number, longest?: number): (string | null)[] {
  const lines: (string | null)[] = [];
  const taker = { line: (line: Buffer) => lines.push(line.toString()), tooLong: () => lines.push(null) };
  const splitter = new LineSplitter(taker, longest);
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    // The splitter may not keep the memory of a chunk.
    const chunk = Buffer.from(bytes.subarray(start, start + chunkBytes));
    splitter.push(chunk);
    chunk.fill('x');
  }
  splitter.end();
  return lines;
}

it.each([1, 2, 3, 5, 100])('chunks of %d bytes give the same lines', (chunkBytes) => {
  expect(split('a\n\nbc\r\nünï\n', chunkBytes)).toEqual(['a', '', 'bc\r', 'ünï']);
});

it('a last line needs no line feed', () => {
  expect(split('a\nb', 1)).toEqual(['a', 'b']);
});

it('a stream without a byte has no line', () => {
  expect(split('', 1)).toEqual([]);
});

it.each([1, 3, 100])(
  'a line that is too long is dropped, and its neighbors stay, in chunks of %d bytes',
  (chunkBytes) => {
    expect(split('1234\n12345\n1\n123456', chunkBytes, 4)).toEqual(['1234', null, '1', null]);
  },
);
