import { utf8Length } from "../../values/utf8-length.ts";

/** No text has more bytes in UTF-8 than this, times its length. */
const MOST_BYTES = 3;

/** A place in a text, to which it can be cut back. */
export interface TextMark {
  readonly pieces: number;
  readonly most: number;
  readonly bytes: number | undefined;
}

/** A text in pieces with at most `limit` bytes in UTF-8. */
export class BoundedText {
  readonly pieces: string[] = [];
  private readonly limit: number;
  /** The bytes that the text has at most. */
  private most = 0;
  /** The bytes that it has. Counted only once `most` is beyond the limit: most texts are far from it. */
  private bytes: number | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Adds a piece. False if there is no room for it: then `cutTo` must be called. */
  add(piece: string): boolean {
    this.pieces.push(piece);
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
