import * as v from 'valibot';

/**
 * The protocol between the landscape and its command lines: one connection a command, one JSON object a line. The client
 * sends a request, answers prompts, and gets output until `exit`; when it goes away, the command is cancelled.
 */
export const commandNames = ['cf', 'landscape'] as const;
export type CommandName = (typeof commandNames)[number];

export const requestSchema = v.strictObject({
  command: v.picklist(commandNames),
  argv: v.array(v.string()),
  /** Absolute. */
  cwd: v.string(),
  /** Whether the client's output goes to a terminal. */
  terminal: v.boolean(),
  /** What the client keeps from command to command; only the command knows what it means. */
  session: v.optional(v.unknown()),
});
export type ControlRequest = v.InferOutput<typeof requestSchema>;

export const answerSchema = v.union([v.object({ answer: v.string() }), v.object({ eof: v.literal(true) })]);
export type PromptAnswer = v.InferOutput<typeof answerSchema>;

export const serverMessageSchema = v.union([
  v.object({ out: v.string() }),
  v.object({ err: v.string() }),
  v.object({ prompt: v.string(), hidden: v.boolean() }),
  v.object({ exit: v.number(), session: v.optional(v.unknown()) }),
]);
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;

/** Parses one line. @throws {SyntaxError} @throws {v.ValiError} */
export function parseLine<T extends v.GenericSchema>(schema: T, line: string): v.InferOutput<T> {
  return v.parse(schema, JSON.parse(line));
}

export function formatLine(message: ControlRequest | PromptAnswer | ServerMessage): string {
  return `${JSON.stringify(message)}\n`;
}
