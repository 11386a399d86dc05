/** The terminal of whoever typed the command, behind a socket or not. */
export interface CfIo {
  out(text: string): void;
  err(text: string): void;
  /** Prints the text and reads a line; undefined at the end of the input. */
  prompt(text: string, options: { readonly hidden: boolean }): Promise<string | undefined>;
  /** Whether output goes to a terminal. */
  readonly isTerminal: boolean;
}
