/** A plain text as the device tells it, in blocks: paragraphs, and lists of points. */

export interface Block {
  text: string;
  points: string[];
}

/** Paragraphs stand apart by an empty line; points begin with a dash, and may go on below it. */
export function blocksOf(plain: string): Block[] {
  return plain
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const [text = "", ...points] = block.split(/\n- /).map((part) => part.replace(/\s+/g, " "));
      return { text, points };
    });
}
