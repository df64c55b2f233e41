/**
 * Tags that exist for the compiler alone, so that one kind of string is not taken for another.
 * An interface, because declaration files can name it where an inferred type holds it. Not among the public names.
 */

declare const tag: unique symbol

/** What the compiler sees of the tag; nothing of it is there at run time. */
export interface Brand<Tag extends string> {
  readonly [tag]: Tag
}

/** A string that only a check makes one of its kind. */
export type Branded<Tag extends string> = string & Brand<Tag>
