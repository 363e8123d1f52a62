/** White border, in modules: scanners need four. @see ISO/IEC 18004 */
const BORDER = 4;

/** Black on white on any terminal, because some scanners cannot read the negative. */
const [ON, OFF] = ['\u001b[38;2;0;0;0;48;2;255;255;255m', '\u001b[0m'];

/** The terminal that shows the code. */
export interface QrScreen {
  readonly isTTY?: boolean;
  /** Width in characters; 0 if unknown. */
  readonly columns?: number;
}

/** A QR code in half blocks, two rows on each line. @returns undefined if there is no terminal, or it is too narrow */
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

/** Blocks by their dark parts: none, the lower half, the upper half, both. */
const BLOCKS = [' ', '▄', '▀', '█'] as const;
