/** White around it, in modules: scanners want four. @see ISO/IEC 18004 */
const BORDER = 4;

/** Black on white, whatever the colors of the terminal are: not all scanners read the negative. */
const [ON, OFF] = ['\u001b[38;2;0;0;0;48;2;255;255;255m', '\u001b[0m'];

/** What a terminal can show. */
export interface QrScreen {
  readonly isTTY?: boolean;
  /** Of characters; 0 where it does not say. */
  readonly columns?: number;
}

/**
 * A QR code in half blocks, two rows of it on each line.
 *
 * @returns undefined where the screen is none, or too narrow
 */
export async function qrCode(text: string, { isTTY, columns = 0 }: QrScreen): Promise<string | undefined> {
  if (isTTY !== true) {
    return undefined;
  }
  const { encodeQR } = await import('qr');
  const data = encodeQR(text, 'raw', { ecc: 'low', border: BORDER });
  const size = data.length;
  if (columns < size) {
    return undefined;
  }
  const lines = [];
  for (let row = 0; row < size; row += 2) {
    const [upper = [], lower = []] = [data[row], data[row + 1]];
    const blocks = upper.map((isDark, column) => BLOCKS[Number(isDark) * 2 + Number(lower[column] ?? false)]);
    lines.push(`${ON}${blocks.join('')}${OFF}`);
  }
  return lines.join('\n');
}

/** By what is dark: nothing, the lower half, the upper one, both. */
const BLOCKS = [' ', '▄', '▀', '█'] as const;
