import { utf8Length } from "../../values/utf8-length.ts";

/** No text has more bytes in UTF-8 than this, times its length. */
const MOST_BYTES = 3;

/** A place in a text, to which it can be cut back. */
export interface TextMark {
  readonly pieces: number;
  readonly most: number;
  readonly bytes: number | undefined;
}

/** The characters of a text that is so short that it is not counted. */
const SHORT = 131_072;

/** A text in pieces with at most `limit` bytes in UTF-8. */
export class BoundedText {
  readonly pieces: string[] = [];
  private readonly limit: number;
  private readonly hold: (bytes: number) => void;
  /** The characters, and how many of them were counted by `hold`. */
  private length = 0;
  private held = 0;
  /** The bytes that the text has at most. */
  private most = 0;
  /** The bytes that it has. Counted only once `most` is beyond the limit: most texts are far from it. */
  private bytes: number | undefined;

  /** @param hold is called with the bytes that a long text takes of the memory; what it throws, `add` throws */
  constructor(limit: number, hold: (bytes: number) => void = () => undefined) {
    this.limit = limit;
    this.hold = hold;
  }

  /** Adds a piece. False if there is no room for it: then `cutTo` must be called. */
  add(piece: string): boolean {
    this.pieces.push(piece);
    this.length += piece.length;
    if (this.length > Math.max(SHORT, this.held)) {
      this.hold(this.length - this.held);
      this.held = this.length;
    }
    this.most += piece.length * MOST_BYTES;
    if (this.bytes !== undefined) this.bytes += utf8Length(piece);
    else if (this.most > this.limit) this.bytes = this.pieces.reduce((sum, each) => sum + utf8Length(each), 0);
    return this.bytes === undefined || this.bytes <= this.limit;
  }

  mark(): TextMark {
    return { pieces: this.pieces.length, most: this.most, bytes: this.bytes };
  }

  /** Removes what was added since the mark. */
  cutTo({ pieces, most, bytes }: TextMark): void {
    this.pieces.length = pieces;
    this.most = most;
    this.bytes = bytes;
  }
}
