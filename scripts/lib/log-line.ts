export interface LogLine {
  time?: string;
  service?: string;
  message: string;
}

/** A line of the journal (`short-iso`, without host name); what is none of its own is a message alone. */
export function parseLogLine(line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT\S+) ([^\s:[]+)(?:\[\d+\])?: (.*)$/.exec(line);
  if (!match) return { message: line };
  const [, time, name, message] = match as unknown as [string, string, string, string];
  return { time, service: name.replace(/^instance-(.+)-\d+$/, '$1'), message };
}
