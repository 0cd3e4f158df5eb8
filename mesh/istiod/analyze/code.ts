export type Level = 'Error' | 'Warning' | 'Info';
export type Arg = string | number | readonly string[] | readonly number[];
export type Args = { readonly [name: string]: Arg };

/** One sort of message: Istio's code, name, level and wording; meaning and fix are ours. */
export interface Code<A extends Args = Args> {
  code: string;
  name: string;
  level: Level;
  /** As istioctl words it, so that both can be compared. */
  message(args: A): string;
  /** What happens in the mesh. */
  meaning: string;
  /** What to do about it. */
  fix: string;
}

/** Fixes the type of a row's arguments by its message. */
export const code = <A extends Args>(row: Code<A>): Code<A> => row;

/** As Go prints a list with %v. */
export const goList = (list: readonly (string | number)[]): string => `[${list.join(' ')}]`;
/** As Go prints a text with %q. */
export const quoted = (text: string): string => JSON.stringify(text);
